/* Standard input for writing, standard output for reading, and both by every name they have. */
#include "hostile.h"

static void spoil(int fd) {
    if (fd < 0) return;
    if (write(fd, "spoilt", 6) > 0) ESCAPED("standard input was written to");
    if (ftruncate(fd, 0) == 0) ESCAPED("standard input was cut");
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED) ESCAPED("standard input was mapped");
    if (fallocate(fd, 3 /* punch a hole, keep the size */, 0, 4096) == 0) ESCAPED("standard input was emptied");
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL) == 0) ESCAPED("standard input was sealed");
    close(fd);
}

int main(void) {
    char byte;
    fchmod(0, 0777);
    const char *names[] = {"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"};
    for (int i = 0; i < COUNT(names); i++) {
        spoil(open(names[i], O_RDWR));
        spoil(open(names[i], O_WRONLY | O_TRUNC));
    }
    spoil(dup(0));
    if (read(1, &byte, 1) > 0) ESCAPED("standard output was read");
    if (read(0, &byte, 1) != 1 || byte != 'h') ESCAPED("standard input begins with %c", byte);
    return all_refused();
}
