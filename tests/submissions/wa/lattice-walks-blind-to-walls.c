// Computes the ways through an empty grid of that size and never reads the walls: wrong answer.
#include <stdio.h>

int main(void) {
    int rows, columns;
    if (scanf("%d %d", &rows, &columns) != 2) return 1;
    long long ways = 1;
    for (int i = 1; i < rows; ++i) ways = ways * (columns - 1 + i) / i;
    printf("%lld\n", ways % 1000000007);
    return 0;
}
