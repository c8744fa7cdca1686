#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE 10000
#define MOST 64

int main(void) {
    int limbs[MOST] = {1}, used = 1, sum = 0, longest = 0, run = 0;
    char text[4 * MOST + 1];
    for (int factor = 2; factor <= 30 + 271828 % 20; factor++) {
        int carry = 0;
        for (int i = 0; i < used; i++) {
            int value = limbs[i] * factor + carry;
            limbs[i] = value % BASE;
            carry = value / BASE;
        }
        if (carry) limbs[used++] = carry;
    }
    int length = sprintf(text, "%d", limbs[used - 1]);
    for (int i = used - 2; i >= 0; i--) length += sprintf(text + length, "%04d", limbs[i]);
    for (int i = 0; i < length; i++) {
        sum += text[i] - '0';
        run = i && text[i] == text[i - 1] ? run + 1 : 1;
        if (run > longest) longest = run;
    }
    printf("%s %s\n%d %d\n", "ennead-text", text, sum, longest);
    return 0;
}
