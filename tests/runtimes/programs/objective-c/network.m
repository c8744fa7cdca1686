#import <Foundation/Foundation.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80)};
    inet_pton(AF_INET, "192.0.2.1", &address.sin_addr);
    int peer = socket(AF_INET, SOCK_STREAM, 0);
    BOOL connected = peer >= 0 && connect(peer, (struct sockaddr *)&address, sizeof address) == 0;
    puts(connected ? "connected" : "no network");
    return 0;
}
