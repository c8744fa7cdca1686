/* A filter of its own that allows everything, and one that asks somebody else; the strictest answer must win. */
#include "hostile.h"
#include <linux/filter.h>
#include <linux/seccomp.h>

static long load(unsigned int flags, unsigned int answer) {
    struct sock_filter allow[] = {BPF_STMT(BPF_RET | BPF_K, answer)};
    struct sock_fprog program = {1, allow};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

int main(void) {
    load(0, SECCOMP_RET_ALLOW);
    load(SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_RET_ALLOW);
    load(SECCOMP_FILTER_FLAG_LOG, SECCOMP_RET_LOG);
    MUST_FAIL(prctl(PR_SET_SECCOMP, 0, 0));
    MUST_FAIL(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
    MUST_FAIL(unshare(CLONE_NEWUSER));
    MUST_FAIL(socket(AF_NETLINK, SOCK_RAW, 0));
    pid_t child = fork();
    if (child == 0) {
        load(SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_RET_USER_NOTIF);
        getpid(); /* waits for an answer that nobody gives */
        _exit(0);
    }
    milliseconds(10);
    return all_refused();
}
