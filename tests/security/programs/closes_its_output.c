/* Gives up standard input, output and error at once; then lasts a moment. */
#include "hostile.h"

int main(void) {
    close(0);
    close(1);
    close(2);
    milliseconds(30);
    return 0;
}
