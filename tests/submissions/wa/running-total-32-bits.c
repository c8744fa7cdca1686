// Keeps the sum in 32 bits: right for small numbers, wrong answer for wide ones.
#include <stdint.h>
#include <stdio.h>

int main(void) {
    int left;
    long long number;
    uint32_t sum = 0;
    if (scanf("%d", &left) != 1) return 1;
    while (left-- > 0 && scanf("%lld", &number) == 1) printf("%d\n", (int)(sum += (uint32_t)number));
    return 0;
}
