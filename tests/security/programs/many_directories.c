/* Directories until no more are allowed, all of them locked; says how many. */
#include "hostile.h"

int main(void) {
    char name[32];
    int made = 0;
    for (;; made++) {
        sprintf(name, "%d", made);
        if (mkdir(name, 0)) break;
    }
    printf("%d\n", made);
    return 0;
}
