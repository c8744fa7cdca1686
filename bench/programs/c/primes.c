#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED 271828

int main(void) {
    int n, limit = 20000 + SEED % 1000, count = 0, hits = 0;
    long long sum = 0;
    char *composite = calloc(limit + 1, 1);
    composite[0] = composite[1] = 1;
    for (int i = 2; (long long)i * i <= limit; i++)
        if (!composite[i])
            for (int j = i * i; j <= limit; j += i) composite[j] = 1;
    for (int i = 2; i <= limit; i++)
        if (!composite[i]) {
            count++;
            sum = (sum + i) % 1000007;
        }
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0, v; i < n && scanf("%d", &v) == 1; i++) hits += !composite[v];
    printf("%s %d %lld %d\n", "ennead-text", count, sum, hits);
    free(composite);
    return 0;
}
