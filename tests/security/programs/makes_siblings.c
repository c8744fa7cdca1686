/* Children of the program's own parent: with CLONE_PARENT they are not the program's to wait for. */
#include "hostile.h"

int main(void) {
    for (int i = 0; i < 8; i++)
        if (syscall(SYS_clone, CLONE_PARENT | (i % 2 ? SIGCHLD : 0), 0, 0, 0, 0) == 0)
            for (;;) pause();
    if (fork() == 0) {
        for (int i = 0; i < 4; i++)
            if (syscall(SYS_clone, CLONE_PARENT | SIGUSR1, 0, 0, 0, 0) == 0)
                for (;;) pause();
        _exit(0);
    }
    milliseconds(10);
    puts("done");
    return 0;
}
