/* Reading and steering other processes: its parent, init, its own child, and whoever would trace it. */
#include "hostile.h"

int main(void) {
    static char secret[16] = "fifteen letters";
    char copy[16];
    struct iovec here = {copy, sizeof copy}, there = {secret, sizeof secret};
    pid_t child = fork();
    if (child == 0)
        for (;;) pause();
    const pid_t victims[] = {getppid(), 1, child};
    for (int i = 0; i < COUNT(victims); i++) {
        MUST_FAIL(ptrace(PTRACE_ATTACH, victims[i], NULL, NULL));
        MUST_FAIL(ptrace(PTRACE_SEIZE, victims[i], NULL, NULL));
        MUST_FAIL(process_vm_readv(victims[i], &here, 1, &there, 1, 0));
        MUST_FAIL(process_vm_writev(victims[i], &here, 1, &there, 1, 0));
        int process = syscall(SYS_pidfd_open, victims[i], 0);
        for (int fd = 0; fd < 16; fd++) MUST_FAIL(syscall(438 /* pidfd_getfd */, process, fd, 0));
        MUST_FAIL(syscall(440 /* process_madvise */, process, &there, 1, MADV_DONTNEED, 0));
        MUST_FAIL(syscall(448 /* process_mrelease */, process, 0));
    }
    void *list;
    size_t length;
    MUST_FAIL(syscall(SYS_get_robust_list, getppid(), &list, &length));
    MUST_FAIL(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    return all_refused();
}
