/* Memory in the buffers of local sockets. */
#include "hostile.h"

int main(void) {
    static char block[65536];
    memset(block, 1, sizeof block);
    for (int child = 0; child < 8; child++) {
        if (fork()) continue;
        for (int ends[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;)
            for (int end = 0; end < 2; end++)
                while (send(ends[end], block, sizeof block, MSG_DONTWAIT) > 0) continue;
        for (;;) pause();
    }
    for (;;) pause();
}
