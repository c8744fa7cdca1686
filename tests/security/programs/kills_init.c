/* Every signal there is, to process 1, by every call that sends one. */
#include "hostile.h"

int main(int count, char **arguments) {
    union sigval value = {0};
    int pidfd = syscall(SYS_pidfd_open, 1, 0);
    for (int number = 1; number <= 64; number++) {
        kill(1, number);
        sigqueue(1, number, value);
        syscall(SYS_tgkill, 1, 1, number);
        syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
    }
    milliseconds(20);
    puts("42");
    return 0;
}
