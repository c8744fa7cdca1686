#include <arpa/inet.h>
#include <cstdio>
#include <sys/socket.h>

int main() {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(80);
    inet_pton(AF_INET, "192.0.2.1", &where.sin_addr);
    int channel = socket(AF_INET, SOCK_STREAM, 0);
    puts(connect(channel, reinterpret_cast<sockaddr *>(&where), sizeof where) ? "no network" : "connected");
}
