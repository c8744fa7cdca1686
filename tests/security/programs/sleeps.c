/* Uses no CPU time at all. */
#include "hostile.h"

int main(void) {
    for (;;) pause();
}
