/* Descriptors until there are no more; says how many. */
#include "hostile.h"

int main(void) {
    int count = 0;
    while (dup(0) >= 0) count++;
    struct rlimit more = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_NOFILE, &more);
    while (socket(AF_INET, SOCK_DGRAM, 0) >= 0) count++;
    printf("%d\n", count + 3);
    return 0;
}
