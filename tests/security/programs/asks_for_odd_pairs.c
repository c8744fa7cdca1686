/* Pairs of sockets of other families fail in the end, but the kernel has loaded and run their code by then. */
#include "hostile.h"

int main(void) {
    int pair[2];
    for (int family = 0; family < 64; family++)
        if (family != AF_UNIX) {
            MUST_FAIL(socketpair(family, SOCK_STREAM, 0, pair));
            if (family != AF_INET && family != AF_INET6 && errno != EAFNOSUPPORT && errno != EPERM) ESCAPED("family %d: %m", family);
        }
    return all_refused();
}
