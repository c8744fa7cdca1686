/* Directories that nobody may enter, in each other, and a file that nobody may read. */
#include "hostile.h"

int main(void) {
    const char *roots[] = {"/work", "/tmp", "/dev/shm"};
    for (int i = 0; i < COUNT(roots); i++) {
        chdir(roots[i]);
        mkdir("a", 0700);
        mkdir("a/b", 0700);
        int fd = open("a/b/main", O_CREAT | O_WRONLY, 0);
        write(fd, "content", 7);
        close(fd);
        chmod("a/b", 0);
        chmod("a", 0);
    }
    puts("locked");
    return 0;
}
