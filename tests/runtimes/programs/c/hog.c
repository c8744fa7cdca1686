#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1 << 20 };

int main(void) {
    for (void *before = NULL;;) {
        void **block = malloc(BLOCK);
        if (block == NULL) abort();
        memset(block, 1, BLOCK);
        *block = before; /* every block stays reachable, so that no compiler leaves it out */
        before = block;
    }
}
