/* Whatever was left open by those who started the program. */
#include "hostile.h"

int main(void) {
    char byte;
    struct stat info;
    for (int fd = 3; fd < 4096; fd++) MUST_FAIL_WITH(EBADF, fcntl(fd, F_GETFD));
    for (int fd = 0; fd < 3; fd++) {
        fstat(fd, &info);
        if (S_ISSOCK(info.st_mode) || S_ISDIR(info.st_mode) || S_ISBLK(info.st_mode)) ESCAPED("descriptor %d is %o", fd, info.st_mode);
        MUST_FAIL(openat(fd, "etc", O_RDONLY));
        MUST_FAIL(openat(fd, "..", O_RDONLY));
    }
    if (read(0, &byte, 1) != 0) ESCAPED("standard input holds something");
    return all_refused();
}
