/* The program ends at once; its children go on computing and writing. */
#include "hostile.h"

int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            milliseconds(500);
            for (;;) puts("late");
        }
    puts("done");
    return 0;
}
