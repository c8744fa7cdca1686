/* Children that end and are never waited for: each stays as a zombie and takes a process number. */
#include "hostile.h"

int main(void) {
    int count = 0;
    for (pid_t child; (child = fork()) != -1; count++)
        if (child == 0) _exit(0);
    printf("%d\n", count);
    return 0;
}
