/*
 * A socket whose only reference is a message in its own queue: it, and the memory file and the name in that message,
 * outlive the program until the kernel's garbage collector finds them.
 */
#include "hostile.h"

int main(int count, char **arguments) {
    static char block[MIB];
    memset(block, 1, sizeof block);
    int file = memfd_create("left-behind", 0), ends[2], named = socket(AF_UNIX, SOCK_STREAM, 0);
    for (long left = atol(arguments[1]); left > 0; left--) write(file, block, sizeof block);
    struct sockaddr_un name;
    bind(named, (void *)&name, abstract_name(&name, "left-behind"));
    socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
    const int fds[] = {ends[0], ends[1], file, named};
    send_descriptors(ends[0], fds, COUNT(fds));
    puts("sent");
    if (count > 2) {
        kill(getppid(), SIGKILL); /* whoever waits for the collector does not any more */
        pause();
    }
    return 0;
}
