/* Ignoring SIGCHLD hides the children's CPU time from getrusage(); the work is done there. */
#include "hostile.h"

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int round = 0; round < 20; round++) {
        if (fork() == 0) {
            burn_ms(100);
            _exit(0);
        }
        wait(NULL);
    }
    puts("42");
    return 0;
}
