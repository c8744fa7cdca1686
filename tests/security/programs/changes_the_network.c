/* Interfaces, addresses, routes, names. */
#include "hostile.h"
#include <ifaddrs.h>
#include <net/route.h>

int main(void) {
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifconf all = {.ifc_len = 4096, .ifc_buf = malloc(4096)};
    struct ifreq lo = {.ifr_name = "lo"}, other = {.ifr_name = "eth0"};
    if (ioctl(any, SIOCGIFCONF, &all) == 0 && all.ifc_len > (int)sizeof(struct ifreq)) ESCAPED("more than one interface");
    MUST_FAIL(ioctl(any, SIOCGIFFLAGS, &other));
    lo.ifr_flags = 0;
    MUST_FAIL(ioctl(any, SIOCSIFFLAGS, &lo));
    MUST_FAIL(ioctl(any, SIOCSIFADDR, &lo));
    MUST_FAIL(ioctl(any, SIOCSIFMTU, &lo));
    struct rtentry route = {0};
    MUST_FAIL(ioctl(any, SIOCADDRT, &route));
    MUST_FAIL(ioctl(any, 0x89a0 /* add a bridge */, "bridge"));
    MUST_FAIL(ioctl(any, 0x894c /* SIOCGSKNS: the network namespace as a descriptor */, 0));
    MUST_FAIL(setsockopt(any, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &(int){1 << 30}, 4));
    MUST_FAIL(setsockopt(any, SOL_SOCKET, 32 /* SO_SNDBUFFORCE */, &(int){1 << 30}, 4));
    MUST_FAIL(setsockopt(any, IPPROTO_IP, 64 /* iptables */, &route, sizeof route));
    return all_refused();
}
