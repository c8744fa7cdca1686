/* Uses so many MiB of stack; 0 is for ever. Deep but finite recursion is honest. */
#include "hostile.h"

static long depth(long left) {
    volatile char frame[1024];
    for (int i = 0; i < (int)sizeof frame; i += 64) frame[i] = left;
    return left == 1 ? frame[64] : depth(left - 1) + frame[0];
}

int main(int count, char **arguments) {
    depth(atol(arguments[1]) * 900);
    puts("42");
    return 0;
}
