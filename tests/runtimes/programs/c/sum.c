#include <inttypes.h>
#include <stdio.h>

int main(void) {
    int64_t number, sum = 0;
    while (scanf("%" SCNd64, &number) == 1) sum += number;
    printf("%" PRId64 "\n", sum);
    return 0;
}
