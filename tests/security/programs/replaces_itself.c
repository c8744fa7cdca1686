/* Another program gives the answer: one that it wrote into its own directory, without a name, or that is installed. */
#include "hostile.h"

int main(int count, char **arguments) {
    if (count > 1) {
        puts("42");
        return 0;
    }
    int here = open("/proc/self/exe", O_RDONLY), copy = memfd_create("left-behind", 0);
    while (sendfile(copy, here, NULL, 1 << 20) > 0) continue;
    char *again[] = {"another", "answer", NULL};
    fexecve(copy, again, environ);
    return 1;
}
