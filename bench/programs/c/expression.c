#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODULUS 1000003LL

static const char *at;

static long long expression(void);

static long long factor(void) {
    if (*at != '(') return *at++ - '0';
    at++;
    long long value = expression();
    at++;
    return value;
}

static long long term(void) {
    long long value = factor();
    while (*at == '*') {
        at++;
        value = value * factor() % MODULUS;
    }
    return value;
}

static long long expression(void) {
    long long value = term();
    while (*at == '+' || *at == '-') {
        char sign = *at++;
        long long other = term();
        value = (value + (sign == '+' ? other : MODULUS - other)) % MODULUS;
    }
    return value;
}

int main(void) {
    int n;
    if (scanf("%d", &n) != 1) return 1;
    char *text = malloc(4 * n + 1), *end = text;
    for (int i = 0, v; i < n && scanf("%d", &v) == 1; i++) {
        if (i) *end++ = "+-*"[(v + 271828) % 3];
        if (i % 5 == 0) *end++ = '(';
        *end++ = '0' + v % 10;
        if (i % 5 == 4 || i == n - 1) *end++ = ')';
    }
    *end = 0;
    at = text;
    long long value = expression();
    printf("%s %zu %lld\n", "ennead-text", strlen(text), value);
    free(text);
    return 0;
}
