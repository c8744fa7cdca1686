#include <stdio.h>

int main(void) {
    int n, primes = 0;
    scanf("%d", &n);
    for (int i = 2; i <= n; i++) {
        int divisors = 0;
        for (volatile int j = 2; j < i; j++) divisors += i % j == 0;
        primes += divisors == 0;
    }
    printf("%d\n", primes);
}
