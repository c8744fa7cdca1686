/* Asks the kernel to write everything of every file system of the host, again and again. */
#include "hostile.h"

int main(void) {
    int usr = open("/usr", O_RDONLY);
    for (;;) {
        sync();
        syncfs(usr);
    }
}
