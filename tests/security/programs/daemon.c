/* A daemon by the book, detached from everything; it would then leave traces for ever. */
#include "hostile.h"

int main(void) {
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            chdir("/");
            for (int fd = 0; fd < 64; fd++) close(fd);
            signal(SIGHUP, SIG_IGN);
            signal(SIGTERM, SIG_IGN);
            for (;;) close(open("/tmp/left-behind", O_CREAT | O_WRONLY, 0666));
        }
        _exit(0);
    }
    wait(NULL);
    puts("done");
    return 0;
}
