/* Its own executable, and everything else that is not its own to change. */
#include "hostile.h"

int main(int count, char **arguments) {
    const char *paths[] = {arguments[0], "/artifact", "/proc/self/exe", "/usr", "/usr/bin/env", "/etc", "/etc/passwd", "/", "/dev", "/proc"};
    struct timespec past[2] = {{1, 0}, {1, 0}};
    char inside[200];
    for (int i = 0; i < COUNT(paths); i++) {
        must_be_unwritable(paths[i]);
        MUST_FAIL(truncate(paths[i], 0));
        MUST_FAIL(unlink(paths[i]));
        MUST_FAIL(rmdir(paths[i]));
        MUST_FAIL(rename(paths[i], "/work/left-behind"));
        MUST_FAIL(link(paths[i], "/work/left-behind"));
        MUST_FAIL(chmod(paths[i], 0777));
        MUST_FAIL(chown(paths[i], 1000, 1000));
        MUST_FAIL(utimensat(AT_FDCWD, paths[i], past, 0));
        MUST_FAIL(setxattr(paths[i], "user.left", "x", 1, 0));
        snprintf(inside, sizeof inside, "%s/left-behind", paths[i]);
        MUST_FAIL(open(inside, O_CREAT | O_WRONLY, 0600));
        MUST_FAIL(mkdir(inside, 0700));
        MUST_FAIL(open(paths[i], O_TMPFILE | O_WRONLY, 0600));
    }
    const char *mounted[] = {"/work", "/tmp", "/dev/shm", "/artifact"};
    for (int i = 0; i < COUNT(mounted); i++) {
        MUST_FAIL(rmdir(mounted[i]));
        MUST_FAIL(rename(mounted[i], "/work/left-behind"));
        MUST_FAIL(rename(mounted[i], "/left-behind"));
    }
    return all_refused();
}
