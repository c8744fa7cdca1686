/* TCP and UDP to where the arguments say (ADDRESS PORT ...), and to where something usually answers. */
#include "hostile.h"

static void try(int family, const char *host, int port) {
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    void *address = family == AF_INET ? (void *)&four : (void *)&six;
    socklen_t length = family == AF_INET ? sizeof four : sizeof six;
    inet_pton(family, host, family == AF_INET ? (void *)&four.sin_addr : (void *)&six.sin6_addr);
    int stream = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0), datagram = socket(family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (connect(stream, address, length) == 0 || errno == EINPROGRESS) {
        int error = 0;
        socklen_t size = sizeof error;
        poll(&(struct pollfd){stream, POLLOUT}, 1, 50);
        getsockopt(stream, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error == 0) ESCAPED("%s port %d can be reached", host, port);
    }
    bool own = !strncmp(host, "127.", 4) || !strcmp(host, "::1");
    char answer;
    if (sendto(datagram, "?", 1, 0, address, length) == 1) {
        if (!own) ESCAPED("a datagram to %s was sent", host);
        if (poll(&(struct pollfd){datagram, POLLIN}, 1, 20) > 0 && recv(datagram, &answer, 1, 0) == 1) ESCAPED("%s port %d answers", host, port);
    }
    close(stream);
    close(datagram);
}

int main(int count, char **arguments) {
    for (int i = 1; i + 1 < count; i += 2) try(strchr(arguments[i], ':') ? AF_INET6 : AF_INET, arguments[i], atoi(arguments[i + 1]));
    const char *hosts[] = {"1.1.1.1", "8.8.8.8", "169.254.169.254", "10.0.0.1", "172.17.0.1", "192.168.0.1", "224.0.0.1", "255.255.255.255"};
    for (int i = 0; i < COUNT(hosts); i++) {
        try(AF_INET, hosts[i], 53);
        try(AF_INET, hosts[i], 80);
    }
    try(AF_INET6, "2606:4700:4700::1111", 53);
    try(AF_INET6, "fe80::1", 80);
    return all_refused();
}
