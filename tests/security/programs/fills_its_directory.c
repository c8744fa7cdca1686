/* Writes a hundred MiB into its directory and is done. */
#include "hostile.h"

int main(void) {
    static char block[65536];
    memset(block, 1, sizeof block);
    int fd = open("left-behind", O_CREAT | O_WRONLY, 0600);
    for (int i = 0; i < 1600; i++) write(fd, block, sizeof block);
    puts("filled");
    return 0;
}
