/* A message to the next run in what a directory has besides files: times, modes, attributes, access lists. */
#include "hostile.h"

static const char *const directories[] = {"/work", "/tmp", "/dev/shm"};

static int leave(const char *kind) {
    struct timespec message[2] = {{123456789, 42}, {123456789, 42}};
    /* One user entry between owner and group: version 2, then tag, permissions, id. */
    static const uint32_t list[] = {2, 0x00070001, -1u, 0x00070002, 1000, 0x00070004, -1u, 0x00070010, -1u, 0x00050020, -1u};
    for (int i = 0; i < COUNT(directories); i++) {
        if (!strcmp(kind, "attribute")) setxattr(directories[i], "user.message", "42", 2, 0);
        if (!strcmp(kind, "access")) setxattr(directories[i], "system.posix_acl_access", list, sizeof list, 0);
        if (!strcmp(kind, "default")) setxattr(directories[i], "system.posix_acl_default", list, sizeof list, 0);
        if (!strcmp(kind, "mode")) chmod(directories[i], 01703);
        if (!strcmp(kind, "times")) utimensat(AT_FDCWD, directories[i], message, 0);
    }
    puts("left");
    return 0;
}

static int find(void) {
    static const char *const attributes[] = {"user.message", "system.posix_acl_access", "system.posix_acl_default"};
    struct stat info;
    char value[256];
    for (int i = 0; i < COUNT(directories); i++) {
        stat(directories[i], &info);
        if ((info.st_mode & 07777) == 01703) ESCAPED("mode of %s", directories[i]);
        if (info.st_mtim.tv_sec == 123456789) ESCAPED("time of modification of %s", directories[i]);
        if (info.st_atim.tv_sec == 123456789) ESCAPED("time of access of %s", directories[i]);
        for (int k = 0; k < COUNT(attributes); k++)
            if (getxattr(directories[i], attributes[k], value, sizeof value) > 0) ESCAPED("%s of %s", attributes[k], directories[i]);
    }
    return all_refused();
}

int main(int count, char **arguments) { return count > 1 ? leave(arguments[1]) : find(); }
