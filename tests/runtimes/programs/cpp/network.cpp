#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <iostream>

int main() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(80);
    inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    bool failed = connect(connection, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0;
    std::cout << (failed ? "no network" : "connected") << '\n';
}
