/* A file that is larger than the judge will take, with nothing in it; or just not. */
#include "hostile.h"

int main(int count, char **arguments) {
    int fd = open("main", O_CREAT | O_WRONLY, 0000);
    ftruncate(fd, atol(arguments[1]));
    puts("made");
    return 0;
}
