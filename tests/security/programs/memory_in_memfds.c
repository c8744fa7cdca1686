/* Memory in files that have no name. */
#include "hostile.h"

int main(void) {
    static char block[MIB];
    memset(block, 1, sizeof block);
    for (int i = 0; i < 16; i++) {
        int fd = memfd_create("left-behind", 0);
        for (int k = 0; k < 8; k++) write(fd, block, sizeof block);
    }
    puts("held");
    return 0;
}
