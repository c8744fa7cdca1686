/* Correct, and keeps the sum of every stretch: 100 MB for 5,000 rounds. */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    size_t n;
    if (scanf("%zu", &n) != 1) return 1;
    long *sums = malloc(n * n * sizeof *sums);
    if (!sums) return 1;
    long best = -1000;
    for (size_t end = 0; end < n; end++) {
        long score;
        if (scanf("%ld", &score) != 1) return 1;
        for (size_t begin = 0; begin <= end; begin++) {
            long sum = score + (begin < end ? sums[(end - 1) * n + begin] : 0);
            sums[end * n + begin] = sum;
            if (sum > best) best = sum;
        }
    }
    printf("%ld\n", best);
    free(sums);
    return 0;
}
