/* Is not told that its file is too large, and goes on; says how large it became. */
#include "hostile.h"

int main(void) {
    static char block[65536];
    struct stat info;
    signal(SIGXFSZ, SIG_IGN);
    int fd = open("left-behind", O_CREAT | O_WRONLY, 0600);
    for (int i = 0; i < 1000; i++) write(fd, block, sizeof block);
    fallocate(fd, 0, 1L << 40, 4096);
    ftruncate(fd, 1L << 40);
    fstat(fd, &info);
    printf("%ld\n", (long)info.st_size);
    return 0;
}
