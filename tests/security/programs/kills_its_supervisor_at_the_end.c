/* The answer is given and the program over when a child kills the supervisor, in the middle of its report. */
#include "hostile.h"

int main(int count, char **arguments) {
    pid_t supervisor = getppid(), program = getpid();
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            while (getppid() == program) continue;
            for (long pause = atol(arguments[1]) * i; pause > 0; pause--) continue;
            kill(supervisor, SIGKILL);
            _exit(0);
        }
    puts("42");
    return 0;
}
