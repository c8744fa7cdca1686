/* A world of its own, in which it would be root. */
#include "hostile.h"

int main(void) {
    const unsigned long flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80 /* time */};
    for (int i = 0; i < COUNT(flags); i++) {
        MUST_FAIL(unshare(flags[i]));
        MUST_FAIL(unshare(flags[i] | CLONE_NEWUSER));
        MUST_FAIL(syscall(SYS_clone, flags[i] | SIGCHLD, 0, 0, 0, 0));
        MUST_FAIL(syscall(SYS_clone, flags[i] | CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
        uint64_t arguments[11] = {flags[i], 0, 0, 0, SIGCHLD};
        MUST_FAIL_WITH(ENOSYS, syscall(SYS_clone3, arguments, sizeof arguments));
    }
    const char *names[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"};
    char path[100];
    for (int i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        int own = open(path, O_RDONLY);
        MUST_FAIL(setns(own, 0));
        int above = ioctl(own, 0xb702 /* NS_GET_PARENT */);
        if (above >= 0) ESCAPED("the parent of %s", names[i]);
        close(own);
    }
    int process = syscall(SYS_pidfd_open, getppid(), 0);
    MUST_FAIL(setns(process, CLONE_NEWNS | CLONE_NEWNET));
    for (unsigned int number = 1; number < 12; number++) MUST_FAIL(ioctl(process, 0xff00 | number /* PIDFD_GET_..._NAMESPACE */, 0));
    return all_refused();
}
