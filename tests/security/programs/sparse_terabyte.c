/* A file of a terabyte in which nothing is written. */
#include "hostile.h"

int main(void) {
    int fd = open("left-behind", O_CREAT | O_WRONLY, 0600);
    if (ftruncate(fd, 1L << 40) == 0) puts("a terabyte");
    return 0;
}
