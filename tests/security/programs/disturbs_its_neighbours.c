/* As much disturbance as its limits allow: processes, memory, output, files, signals to everybody. */
#include "hostile.h"

int main(void) {
    static char block[65536];
    signal(SIGUSR1, SIG_IGN);
    for (int i = 0; i < 8; i++)
        if (fork() == 0)
            for (;;) {
                kill(-1, SIGUSR1);
                int fd = open("/tmp/left-behind", O_CREAT | O_TRUNC | O_WRONLY, 0600);
                write(fd, block, sizeof block);
                close(fd);
                fork() == 0 ? _exit(0) : waitpid(-1, NULL, WNOHANG);
            }
    hold(24 * MIB);
    burn();
}
