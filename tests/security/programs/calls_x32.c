/* The second numbering scheme of x86-64: 0x40000000 and up. */
#include "hostile.h"

int main(int count, char **arguments) {
    printf("%ld\n", syscall(strtoul(arguments[1], NULL, 0)));
    return 0;
}
