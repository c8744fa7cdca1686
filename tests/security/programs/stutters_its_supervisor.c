/* The supervisor is stopped and continued all the time: it shall not come to look at the clock. */
#include "hostile.h"

int main(void) {
    pid_t supervisor = getppid();
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            for (;;) {
                kill(supervisor, SIGSTOP);
                kill(supervisor, SIGCONT);
            }
    burn();
}
