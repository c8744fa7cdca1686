#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define SIZE (6 + 271828 % 2)

static int columns[8], first[8], solutions;

static bool safe(int row, int column) {
    for (int other = 0; other < row; other++) {
        int apart = column - columns[other];
        if (apart == 0 || apart == row - other || apart == other - row) return false;
    }
    return true;
}

static void place(int row) {
    if (row == SIZE) {
        if (solutions++ == 0) memcpy(first, columns, sizeof columns);
        return;
    }
    for (int column = 0; column < SIZE; column++)
        if (safe(row, column)) {
            columns[row] = column;
            place(row + 1);
        }
}

int main(void) {
    place(0);
    printf("%s %d ", "ennead-text", solutions);
    for (int i = 0; i < SIZE; i++) printf("%d%c", first[i], i < SIZE - 1 ? ',' : '\n');
    return 0;
}
