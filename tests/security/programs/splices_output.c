/* Moves pages into the pipe without writing: endless zeros, and memory that is changed after it was given. */
#include "hostile.h"

int main(int count, char **arguments) {
    int zero = open("/dev/zero", O_RDONLY);
    static char page[65536] __attribute__((aligned(4096)));
    for (;;) {
        struct iovec pages = {page, sizeof page};
        vmsplice(1, &pages, 1, 0);
        memset(page, 'x', sizeof page);
        splice(zero, NULL, 1, NULL, 1 << 20, 0);
        sendfile(1, zero, NULL, 1 << 20);
    }
}
