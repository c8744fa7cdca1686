/* Out of the root by the ways that led out of weaker ones. */
#include "hostile.h"

int main(void) {
    struct stat root, top;
    stat("/", &root);
    for (int i = 0; i < 100; i++) chdir("..");
    stat(".", &top);
    if (top.st_ino != root.st_ino || top.st_dev != root.st_dev) ESCAPED("above the root");
    const char *ways[] = {
        "/proc/1/root/etc/shadow", "/proc/1/cwd/etc/shadow", "/proc/self/root/../etc/shadow", "/proc/self/cwd/../etc/shadow",
        "/../etc/shadow", "/usr/../../etc/shadow", "/lib/../../etc/shadow", "/dev/fd/../../../etc/shadow",
        "/proc/self/task/../../../etc/shadow", "/usr/lib/../../../../../../root",
    };
    for (int i = 0; i < COUNT(ways); i++) must_be_unreadable(ways[i]);
    /* A directory that is held while it is moved out of the root in which it was looked up. */
    mkdir("/work/a", 0700);
    mkdir("/work/a/b", 0700);
    int held = open("/work/a/b", O_PATH | O_DIRECTORY);
    rename("/work/a/b", "/work/b");
    fchdir(held);
    for (int i = 0; i < 100; i++) chdir("..");
    must_be_unreadable("etc/shadow");
    if (chroot("/work") == 0) ESCAPED("chroot");
    return all_refused();
}
