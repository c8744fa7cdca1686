/* Prints what a program is told by its environment, arguments, and every readable file about every process. */
#include "hostile.h"

static void show(const char *path) {
    static char text[65536];
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    for (ssize_t size; fd >= 0 && (size = read(fd, text, sizeof text)) > 0;) fwrite(text, 1, size, stdout);
    if (fd >= 0) close(fd);
}

int main(void) {
    const char *names[] = {"cmdline", "environ", "comm", "status", "stat", "mountinfo", "mounts", "mountstats", "cgroup", "maps",
                           "cpuset", "limits", "sched", "net/unix", "net/tcp", "net/route", "net/fib_trie", "net/arp", "net/dev"};
    char path[100];
    for (char **entry = environ; *entry; entry++) puts(*entry);
    for (int pid = 1; pid < 100; pid++)
        for (int i = 0; i < COUNT(names); i++) {
            snprintf(path, sizeof path, "/proc/%d/%s", pid, names[i]);
            show(path);
        }
    show("/etc/passwd");
    show("/etc/group");
    show("/etc/hosts");
    gethostname(path, sizeof path);
    puts(path);
    return 0;
}
