// Waits for a signal that nobody sends: wall clock limit exceeded.
#include <stdio.h>
#include <unistd.h>

int main(void) {
    pause();
    puts("desserts stressed");
    return 0;
}
