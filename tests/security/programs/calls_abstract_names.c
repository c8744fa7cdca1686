/* Names of local sockets that have no file: they belong to the network namespace. */
#include "hostile.h"

int main(int count, char **arguments) {
    struct sockaddr_un name;
    for (int i = 1; i < count; i++) {
        const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
        for (int k = 0; k < COUNT(types); k++) {
            socklen_t length = abstract_name(&name, arguments[i]);
            MUST_FAIL_WITH(ECONNREFUSED, connect(socket(AF_UNIX, types[k], 0), (void *)&name, length));
        }
    }
    return all_refused();
}
