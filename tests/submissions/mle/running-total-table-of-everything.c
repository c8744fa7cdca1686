// Fills a table with a place for every sum there could be, one gigabyte at the least: memory limit exceeded.
#include <stdio.h>

static unsigned char volatile seen[1 << 30];

int main(void) {
    const int first = getchar();
    for (long i = 0; i < (long)sizeof seen; i += 512) seen[i] = (unsigned char)first;
    printf("%d\n", seen[first]);
    return 0;
}
