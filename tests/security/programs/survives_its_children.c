/* The children take the memory and are killed for it; the parent has done nothing and gives the answer. */
#include "hostile.h"

int main(void) {
    for (int i = 0; i < 3; i++) {
        if (fork() == 0) {
            hold(256 * MIB);
            milliseconds(50);
            _exit(0);
        }
        wait(NULL);
    }
    puts("42");
    return 0;
}
