/* The directories themselves belong to the program: nobody shall enter them any more, and no file shows it. */
#include "hostile.h"

int main(void) {
    chmod("/work", 0);
    chmod("/tmp", 0);
    chmod("/dev/shm", 0);
    puts("locked");
    return 0;
}
