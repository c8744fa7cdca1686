#include <stdio.h>
#include <stdlib.h>

enum { ITEMS = 60, CAPACITY = 300 };

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

int main(void) {
    int n, v, best[CAPACITY + 1] = {0}, distinct = 1;
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0; i < ITEMS && i < n && scanf("%d", &v) == 1; i++) {
        int weight = 1 + v % 50, value = 1 + (v + 271828) % 100;
        for (int room = CAPACITY; room >= weight; room--)
            if (best[room - weight] + value > best[room]) best[room] = best[room - weight] + value;
    }
    int most = best[CAPACITY];
    qsort(best, CAPACITY + 1, sizeof *best, compare);
    for (int i = 1; i <= CAPACITY; i++) distinct += best[i] != best[i - 1];
    printf("%s %d %d\n", "ennead-text", most, distinct);
    return 0;
}
