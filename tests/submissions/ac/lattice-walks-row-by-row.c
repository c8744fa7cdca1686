// Keeps the counts of a single row and updates them in place: accepted.
#include <stdio.h>

static int ways[1001];

int main(void) {
    int rows, columns;
    if (scanf("%d %d", &rows, &columns) != 2) return 1;
    ways[1] = 1;
    for (int r = 0; r < rows; ++r)
        for (int c = 1; c <= columns; ++c) {
            char cell;
            if (scanf(" %c", &cell) != 1) return 1;
            ways[c] = cell == '#' ? 0 : (ways[c] + ways[c - 1]) % 1000000007;
        }
    printf("%d\n", ways[columns]);
    return 0;
}
