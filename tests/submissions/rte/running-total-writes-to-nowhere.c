// Stores the first number at an address that is not its own: run-time error by a segmentation fault.
#include <stdio.h>

int main(void) {
    int *volatile sum = NULL;
    int number;
    if (scanf("%d", &number) != 1) return 1;
    *sum = number;
    printf("%d\n", *sum);
    return 0;
}
