/* Declares nothing it uses. */
#include <stdio.h>

int main(void) {
    scanf("%d", &rounds);
    printf("%d\n", best_stretch(rounds));
}
