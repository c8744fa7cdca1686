/* Empty files until no more are allowed; says how many. */
#include "hostile.h"

int main(int count, char **arguments) {
    char name[32];
    int made = 0, most = count > 1 ? atoi(arguments[1]) : 1 << 20;
    for (int fd; made < most; made++, close(fd)) {
        sprintf(name, "%d", made);
        if ((fd = open(name, O_CREAT | O_WRONLY, 0600)) < 0) break;
    }
    printf("%d\n", made);
    return 0;
}
