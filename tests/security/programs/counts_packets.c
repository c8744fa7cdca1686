/* With an argument: sends datagrams to nobody. Without: says how many packets the loopback has seen. */
#include "hostile.h"

int main(int count, char **arguments) {
    char line[512], *figures;
    unsigned long bytes = 0, packets = 0;
    int any = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = loopback(9);
    for (int i = 0; count > 1 && i < 100; i++) sendto(any, "x", 1, 0, (void *)&address, sizeof address);
    FILE *table = fopen("/proc/self/net/dev", "r");
    while (table && fgets(line, sizeof line, table))
        if ((figures = strstr(line, "lo:"))) sscanf(figures + 3, "%lu %lu", &bytes, &packets);
    printf("%lu\n", packets);
    return 0;
}
