/* The program ends; a child keeps its standard output open and does nothing. */
#include "hostile.h"

int main(void) {
    if (fork() == 0)
        for (;;) pause();
    puts("done");
    return 0;
}
