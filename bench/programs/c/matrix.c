#include <stdint.h>
#include <stdio.h>

#define MODULUS 10007

typedef struct {
    int64_t cell[3][3];
} matrix;

static matrix multiply(const matrix *a, const matrix *b) {
    matrix product = {{{0}}};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
                product.cell[i][j] = (product.cell[i][j] + a->cell[i][k] * b->cell[k][j]) % MODULUS;
    return product;
}

int main(void) {
    int n;
    matrix base, result = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    if (scanf("%d", &n) != 1) return 1;
    for (int i = 0; i < 9; i++) {
        int v;
        if (scanf("%d", &v) != 1) return 1;
        base.cell[i / 3][i % 3] = v % 1000;
    }
    for (int power = 271828; power; power >>= 1) {
        if (power & 1) result = multiply(&result, &base);
        base = multiply(&base, &base);
    }
    puts("ennead-text");
    for (int i = 0; i < 3; i++)
        printf("%d %d %d\n", (int)result.cell[i][0], (int)result.cell[i][1], (int)result.cell[i][2]);
    return 0;
}
