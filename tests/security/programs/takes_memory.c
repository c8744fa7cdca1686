/* Takes so many MiB, keeps them for a moment, long enough for those who look from time to time, and gives the answer. */
#include "hostile.h"

int main(int count, char **arguments) {
    hold(atol(arguments[1]) * MIB);
    milliseconds(100);
    puts("42");
    return 0;
}
