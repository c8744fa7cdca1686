#include <stdio.h>

int main(void) {
    int byte;
    while ((byte = getchar()) != EOF) putchar(byte);
    puts("größe 漢字 🦀 ж");
    return 0;
}
