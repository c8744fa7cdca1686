/* Kadane's algorithm: the best stretch that ends here either goes on or starts anew. */
#include <stdio.h>

int main(void) {
    int n, score;
    if (scanf("%d %d", &n, &score) != 2) return 1;
    long ending_here = score, best = score;
    for (int i = 1; i < n; i++) {
        if (scanf("%d", &score) != 1) return 1;
        ending_here = (ending_here > 0 ? ending_here : 0) + score;
        if (ending_here > best) best = ending_here;
    }
    printf("%ld\n", best);
    return 0;
}
