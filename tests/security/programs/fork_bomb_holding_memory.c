/* Many children, each with memory of its own, none of them large. */
#include "hostile.h"

int main(void) {
    for (int i = 0; i < 24; i++)
        if (fork() == 0) {
            hold(4 * MIB);
            pause();
        }
    for (;;) pause();
}
