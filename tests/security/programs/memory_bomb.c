/* Takes memory and touches it, for ever. */
#include "hostile.h"

int main(void) {
    for (;;) hold(MIB);
}
