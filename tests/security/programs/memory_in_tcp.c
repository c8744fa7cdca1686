/* Memory in the buffers of TCP connections over the loopback; says how many MiB it holds. */
#include "hostile.h"

int main(void) {
    static char block[65536];
    long held = 0;
    int listener = socket(AF_INET, SOCK_STREAM, 0), large = 8 * MIB;
    struct sockaddr_in address = loopback(4321);
    bind(listener, (void *)&address, sizeof address);
    listen(listener, 64);
    for (int i = 0; i < 50; i++) {
        int one = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(one, (void *)&address, sizeof address)) break;
        int other = accept(listener, NULL, NULL);
        setsockopt(other, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
        for (ssize_t sent; (sent = send(one, block, sizeof block, MSG_DONTWAIT)) > 0;) held += sent;
    }
    printf("%ld\n", held / MIB);
    return 0;
}
