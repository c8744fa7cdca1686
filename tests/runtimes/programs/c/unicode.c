#include <stdio.h>

int main(void) {
    int c;
    while ((c = getchar()) != EOF) putchar(c);
    puts("größe 漢字 🦀 ж");
}
