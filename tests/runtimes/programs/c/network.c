#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>

int main(void) {
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons(80)};
    inet_pton(AF_INET, "192.0.2.1", &where.sin_addr);
    int channel = socket(AF_INET, SOCK_STREAM, 0);
    puts(connect(channel, (struct sockaddr *)&where, sizeof where) ? "no network" : "connected");
}
