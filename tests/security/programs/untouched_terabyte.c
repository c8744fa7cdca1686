/* Honest: maps a terabyte, as runtimes with garbage collectors do, and touches a page of it. */
#include "hostile.h"

int main(void) {
    char *memory = mmap(NULL, 1L << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return 1;
    memory[1L << 39] = 1;
    puts("42");
    return 0;
}
