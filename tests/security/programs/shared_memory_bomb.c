/* Memory that belongs to nobody: shared between processes, each of which has touched only a part. */
#include "hostile.h"

int main(void) {
    char *memory = mmap(NULL, 128 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int part = 0; part < 8; part++)
        if (fork() == 0) {
            memset(memory + part * 16 * MIB, 1, 16 * MIB);
            pause();
        }
    for (;;) pause();
}
