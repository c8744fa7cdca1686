// Never closes its last brace: compile error.
#include <stdio.h>

int main(void) {
    long long number, sum = 0;
    while (scanf("%lld", &number) == 1) {
        printf("%lld\n", sum += number);
    return 0;
}
