/* A pipe that signals its owner when it can be written to again, and its owner is the supervisor. */
#include "hostile.h"

int main(void) {
    for (int fd = 0; fd < 3; fd++) {
        struct f_owner_ex owner = {F_OWNER_PID, getppid()};
        fcntl(fd, F_SETOWN_EX, &owner);
        fcntl(fd, F_SETSIG, SIGKILL);
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
    }
    puts("42");
    return 0;
}
