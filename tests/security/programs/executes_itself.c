/* A new program image every moment, always the same process. */
#include "hostile.h"

int main(int count, char **arguments) {
    execv("/proc/self/exe", arguments);
    return 1;
}
