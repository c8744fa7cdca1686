/* Every family of sockets but the three that programs use, raw sockets of those, and pairs. */
#include "hostile.h"

int main(void) {
    const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, SOCK_DCCP, SOCK_PACKET};
    int pair[2];
    for (int family = 0; family < 64; family++)
        for (int i = 0; i < COUNT(types); i++) {
            if (family != AF_UNIX) MUST_FAIL(socketpair(family, types[i], 0, pair));
            if (family != AF_UNIX && family != AF_INET && family != AF_INET6) {
                MUST_FAIL(socket(family, types[i], 0));
                /* The kernel takes the low half for the family. */
                MUST_FAIL(syscall(SYS_socket, 1L << 32 | family, types[i], 0));
            }
        }
    for (int protocol = 0; protocol < 256; protocol++) {
        MUST_FAIL(socket(AF_INET, SOCK_RAW, protocol));
        MUST_FAIL(socket(AF_INET6, SOCK_RAW, protocol));
    }
    MUST_FAIL(socket(AF_NETLINK, SOCK_RAW, 0));
    MUST_FAIL(socket(AF_NETLINK, SOCK_RAW, 15 /* kernel events */));
    MUST_FAIL(socket(AF_PACKET, SOCK_RAW, 0x0300));
    MUST_FAIL(socket(40 /* AF_VSOCK */, SOCK_STREAM, 0));
    MUST_FAIL(socket(38 /* AF_ALG */, SOCK_SEQPACKET, 0));
    return all_refused();
}
