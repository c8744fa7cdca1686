/* The signal of a forbidden system call, without one. */
#include "hostile.h"

int main(void) {
    puts("42");
    raise(SIGSYS);
}
