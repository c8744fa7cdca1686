/* A process that forks and dies, for ever: it is gone before anybody can name it. */
#include "hostile.h"

int main(int count, char **arguments) {
    for (int i = 0; i < 6; i++)
        if (fork() == 0) {
            setsid();
            for (;;)
                if (fork() > 0) _exit(0);
        }
    if (count > 1) {
        puts("done");
        return 0;
    }
    for (;;) pause();
}
