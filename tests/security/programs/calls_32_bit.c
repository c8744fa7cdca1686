/* A 32-bit system call from a 64-bit program; 20 is getpid there. */
#include "hostile.h"

int main(void) {
    long result = 20;
#ifdef __x86_64__
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
#endif
    printf("%ld\n", result);
    return 0;
}
