/* Connections in every state, all on the port and the name that the next one wants; nothing is closed in order. */
#include "hostile.h"

static int listener_on(int port, int backlog) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(port);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    bind(listener, (void *)&address, sizeof address);
    listen(listener, backlog);
    return listener;
}

static int connected_to(int port) {
    int one = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = loopback(port);
    connect(one, (void *)&address, sizeof address);
    return one;
}

int main(void) {
    static char block[65536];
    struct sockaddr_un name;
    int listener = listener_on(4321, 2);
    for (int i = 0; i < 5; i++) connected_to(4321);                    /* some are never accepted, some not even answered */
    int full = connected_to(4321), accepted = accept(listener, NULL, NULL);
    while (send(full, block, sizeof block, MSG_DONTWAIT) > 0) continue; /* never read */
    while (send(accepted, block, sizeof block, MSG_DONTWAIT) > 0) continue;
    shutdown(full, SHUT_WR);
    int orderly = connected_to(4321), other = accept(listener, NULL, NULL);
    shutdown(other, SHUT_RDWR); /* the side with the known port closes first and would wait for a minute */
    close(other);
    close(orderly);
    bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, abstract_name(&name, "left-behind"));
    struct sockaddr_in address = loopback(4321);
    bind(socket(AF_INET, SOCK_DGRAM, 0), (void *)&address, sizeof address);
    if (fork() == 0)
        for (;;) pause();
    puts("left");
    return 0;
}
