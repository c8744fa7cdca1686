/* Takes so many MiB and gives the answer. */
#include "hostile.h"

int main(int count, char **arguments) {
    hold(atol(arguments[1]) * MIB);
    puts("42");
    return 0;
}
