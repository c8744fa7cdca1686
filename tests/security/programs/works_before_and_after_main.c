/* All the work is in a constructor, or in a destructor. */
#include "hostile.h"

__attribute__((constructor)) static void before(void) { burn_ms(400); }
__attribute__((destructor)) static void after(void) { burn_ms(400); }

int main(void) {
    puts("42");
    return 0;
}
