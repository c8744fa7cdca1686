/* Writes for ever to standard output, to standard error, or to both. */
#include "hostile.h"

int main(int count, char **arguments) {
    static char block[65536];
    memset(block, 'x', sizeof block);
    for (;;)
        for (char *stream = arguments[1]; *stream; stream++) write(*stream - '0', block, sizeof block);
}
