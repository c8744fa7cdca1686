/* Correct, and keeps a sum and a best sum for every pair of rounds: 400 MB for 5,000 rounds. */
#include <stdio.h>
#include <stdlib.h>

struct stretch { long sum, best; };

int main(void) {
    size_t n;
    if (scanf("%zu", &n) != 1) return 1;
    struct stretch *stretches = malloc(n * n * sizeof *stretches);
    if (!stretches) return 1;
    for (size_t i = 0; i < n * n; i++) stretches[i] = (struct stretch){0, -1000};
    for (size_t end = 0; end < n; end++) {
        long score;
        if (scanf("%ld", &score) != 1) return 1;
        for (size_t begin = 0; begin <= end; begin++) {
            struct stretch *before = end ? &stretches[(end - 1) * n + begin] : stretches;
            long sum = score + (begin < end ? before->sum : 0);
            long best = end && before->best > sum ? before->best : sum;
            stretches[end * n + begin] = (struct stretch){sum, best};
        }
    }
    long best = -1000;
    for (size_t begin = 0; begin < n; begin++)
        if (stretches[(n - 1) * n + begin].best > best) best = stretches[(n - 1) * n + begin].best;
    printf("%ld\n", best);
    free(stretches);
    return 0;
}
