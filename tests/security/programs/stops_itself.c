/* Stops itself, or everybody in its process group, and will not be continued by anyone. */
#include "hostile.h"

int main(int count, char **arguments) {
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            for (;;) pause();
    kill(count > 1 ? 0 : getpid(), SIGSTOP);
    puts("continued");
    return 0;
}
