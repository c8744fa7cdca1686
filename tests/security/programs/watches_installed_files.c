/* Asks to be told when somebody else opens the file that is its argument, and waits for it. */
#include "hostile.h"
#include <sys/inotify.h>

static void caught(int number) {}

int main(int count, char **arguments) {
    int events = inotify_init1(IN_NONBLOCK);
    inotify_add_watch(events, arguments[1], IN_OPEN | IN_ACCESS | IN_CLOSE);
    signal(SIGIO, caught);
    int fd = open("/usr/bin", O_RDONLY);
    fcntl(fd, F_NOTIFY, DN_ACCESS | DN_MULTISHOT);
    fcntl(open(arguments[1], O_RDONLY), F_SETLEASE, F_RDLCK);
    struct pollfd waiting = {events, POLLIN};
    if (poll(&waiting, 1, 300) != 0) ESCAPED("somebody opened %s", arguments[1]);
    return all_refused();
}
