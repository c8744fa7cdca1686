/* Writes so many MiB into one file. */
#include "hostile.h"

int main(int count, char **arguments) {
    static char block[65536];
    memset(block, 1, sizeof block);
    int fd = open(arguments[1], O_CREAT | O_WRONLY, 0600);
    for (long left = atol(arguments[2]) * MIB; left > 0; left -= sizeof block)
        if (write(fd, block, sizeof block) != sizeof block) return 1;
    puts("filled");
    return 0;
}
