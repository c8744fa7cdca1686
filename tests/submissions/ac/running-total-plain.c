// Adds up in a long long and prints after each number: accepted.
#include <stdio.h>

int main(void) {
    long long number, sum = 0;
    int left;
    if (scanf("%d", &left) != 1) return 1;
    while (left-- > 0 && scanf("%lld", &number) == 1) printf("%lld\n", sum += number);
    return 0;
}
