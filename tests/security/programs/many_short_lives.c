/* Thousands of children, each gone before a look at /proc can find it, none of them ever waited for. */
#include "hostile.h"

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (;;) {
        if (fork() == 0) {
            burn_ms(1);
            _exit(0);
        }
        milliseconds(1);
    }
}
