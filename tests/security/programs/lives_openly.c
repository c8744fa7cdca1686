/* The victim: listens on a port and on names, keeps files and shared memory, computes a little, and reports at the end. */
#include "hostile.h"

int main(void) {
    struct sockaddr_un name;
    struct sockaddr_in address = loopback(4321);
    int tcp = socket(AF_INET, SOCK_STREAM, 0), named = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(tcp, (void *)&address, sizeof address) || listen(tcp, 5)) return 1;
    if (bind(named, (void *)&name, abstract_name(&name, "victim")) || listen(named, 5)) return 2;
    const char *files[] = {"/work/secret", "/tmp/secret", "/dev/shm/secret"};
    for (int i = 0; i < COUNT(files); i++) write(open(files[i], O_CREAT | O_RDWR, 0666), "secret", 6);
    signal(SIGUSR1, SIG_DFL);
    if (!hold(4 * MIB)) return 3;
    for (int i = 0; i < 50; i++) {
        milliseconds(10);
        burn_ms(1);
    }
    char content[7] = "";
    for (int i = 0; i < COUNT(files); i++)
        if (read(open(files[i], O_RDONLY), content, 6) != 6 || strcmp(content, "secret")) return 4;
    struct pollfd both[] = {{tcp, POLLIN}, {named, POLLIN}};
    if (poll(both, 2, 0) != 0) return 5; /* somebody called */
    puts("42");
    return 0;
}
