/* Memory in the buffers of pipes, made as large as they may be. */
#include "hostile.h"

int main(void) {
    static char block[MIB];
    memset(block, 1, sizeof block);
    for (int child = 0; child < 4; child++) {
        if (fork()) continue;
        for (int ends[2]; pipe(ends) == 0;) {
            fcntl(ends[1], F_SETPIPE_SZ, MIB);
            fcntl(ends[1], F_SETFL, O_NONBLOCK);
            while (write(ends[1], block, sizeof block) > 0) continue;
        }
        for (;;) pause();
    }
    for (;;) pause();
}
