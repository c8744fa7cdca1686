#include <stdio.h>

int main(void) {
    for (;;) puts("a line that never ends the flood");
}
