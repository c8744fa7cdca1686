/* Where the judge looks for what was built: a way to something else. */
#include "hostile.h"

static void plant(const char *kind) {
    struct sockaddr_un name = {AF_UNIX, "main"};
    if (!strcmp(kind, "link-to-shadow")) symlink("/etc/shadow", "main");
    if (!strcmp(kind, "link-to-environment")) symlink("/proc/self/environ", "main");
    if (!strcmp(kind, "link-to-init")) symlink("/proc/1/root/etc/shadow", "main");
    if (!strcmp(kind, "link-to-directory")) symlink("/usr", "main");
    if (!strcmp(kind, "link-to-itself")) symlink("main", "main");
    if (!strcmp(kind, "link-to-device")) symlink("/dev/zero", "main");
    if (!strcmp(kind, "link-to-descriptor")) symlink("/proc/self/fd/0", "main");
    if (!strcmp(kind, "fifo")) mkfifo("main", 0666);
    if (!strcmp(kind, "socket")) bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, sizeof name);
    if (!strcmp(kind, "directory")) mkdir("main", 0777);
    if (!strcmp(kind, "hard-link")) {
        close(open("other", O_CREAT | O_WRONLY, 0666));
        link("other", "main");
    }
    if (!strcmp(kind, "linked-directory")) symlink("/usr/bin", "directory");
}

int main(int count, char **arguments) {
    plant(arguments[1]);
    puts("planted");
    return 0;
}
