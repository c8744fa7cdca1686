#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
    inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    int failed = connect(connection, (struct sockaddr *)&address, sizeof address);
    puts(failed ? "no network" : "connected");
    return 0;
}
