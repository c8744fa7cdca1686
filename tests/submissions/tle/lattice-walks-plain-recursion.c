// Counts by recursion and remembers nothing: fast on small grids, time limit exceeded on the open one.
#include <stdio.h>

static char grid[1001][1001];
static int rows, columns;

static long long ways(int r, int c) {
    if (r >= rows || c >= columns || grid[r][c] == '#') return 0;
    return r == rows - 1 && c == columns - 1 ? 1 : ways(r + 1, c) + ways(r, c + 1);
}

int main(void) {
    if (scanf("%d %d", &rows, &columns) != 2) return 1;
    for (int r = 0; r < rows; ++r)
        if (scanf("%1000s", grid[r]) != 1) return 1;
    printf("%lld\n", ways(0, 0) % 1000000007);
    return 0;
}
