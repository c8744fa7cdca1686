/* Opens a FIFO that nobody will ever open at the other end. */
#include "hostile.h"

int main(void) {
    mkfifo("/tmp/left-behind", 0600);
    return open("/tmp/left-behind", O_RDONLY);
}
