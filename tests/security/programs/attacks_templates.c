/*
 * An interpreter that waits for the next programs is the best victim of all: whoever gets at it gets at them. It is a
 * process in sight that is not init and not of our user, as the supervisor is.
 */
#include "hostile.h"
#include <linux/kcmp.h>

static const char *const files[] = {
    "mem", "fd", "fdinfo", "environ", "auxv", "stack", "syscall", "io", "map_files", "ns/mnt", "root", "cwd", "exe",
    "timers", "pagemap", "personality", "maps", "smaps",
};
static const char *const written[] = {
    "mem", "oom_score_adj", "coredump_filter", "clear_refs", "comm", "attr/current", "setgroups", "uid_map",
    "autogroup", "timerslack_ns", "sched",
};

static void signal_it(int pid) {
    siginfo_t info = {.si_code = SI_QUEUE, .si_pid = getpid()};
    int pidfd = syscall(SYS_pidfd_open, pid, 0);
    for (int number = 0; number <= 64; number++) {
        MUST_FAIL(kill(pid, number));
        info.si_signo = number;
        MUST_FAIL(syscall(SYS_rt_sigqueueinfo, pid, number, &info));
        MUST_FAIL(syscall(SYS_rt_tgsigqueueinfo, pid, pid, number, &info));
        MUST_FAIL(syscall(SYS_tgkill, pid, pid, number));
        MUST_FAIL(syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0));
    }
    for (int fd = 0; fd < 64; fd++) MUST_FAIL(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
    struct iovec range = {0, 4096};
    MUST_FAIL(syscall(SYS_process_madvise, pidfd, &range, 1, MADV_COLD, 0));
    MUST_FAIL(syscall(448, pidfd, 0)); /* process_mrelease */
    MUST_FAIL(setns(pidfd, CLONE_NEWNS));
}

static void reschedule_it(int pid) {
    struct sched_param zero = {0};
    struct rlimit limit = {1, 1};
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    unsigned long attributes[16] = {48};
    MUST_FAIL(sched_setscheduler(pid, SCHED_IDLE, &zero));
    MUST_FAIL(sched_setscheduler(pid, SCHED_OTHER, &zero));
    MUST_FAIL(sched_setparam(pid, &zero));
    MUST_FAIL(syscall(SYS_sched_setattr, pid, attributes, 0));
    MUST_FAIL(sched_setaffinity(pid, sizeof first, &first));
    MUST_FAIL(setpriority(PRIO_PROCESS, pid, 19));
    MUST_FAIL(syscall(SYS_ioprio_set, 1, pid, 3 << 13));
    MUST_FAIL(prctl(62 /* PR_SCHED_CORE */, 2, pid, 0, 0));
    MUST_FAIL(syscall(SYS_prlimit64, pid, RLIMIT_CPU, &limit, NULL));
    MUST_FAIL(setpgid(pid, 0));
    MUST_FAIL(syscall(SYS_migrate_pages, pid, 0, NULL, NULL));
}

static void look_into_it(int pid) {
    char bytes[64];
    void *head;
    size_t size;
    struct iovec here = {bytes, sizeof bytes}, there = {(void *)0x400000, sizeof bytes};
    MUST_FAIL(ptrace(PTRACE_ATTACH, pid, 0, 0));
    MUST_FAIL(ptrace(PTRACE_SEIZE, pid, 0, 0));
    MUST_FAIL(syscall(SYS_process_vm_readv, pid, &here, 1, &there, 1, 0));
    MUST_FAIL(syscall(SYS_process_vm_writev, pid, &here, 1, &there, 1, 0));
    MUST_FAIL(syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, 0, 0));
    MUST_FAIL(syscall(SYS_move_pages, pid, 1, &here.iov_base, NULL, NULL, 0));
    MUST_FAIL(syscall(SYS_get_robust_list, pid, &head, &size));
    char path[100];
    for (int i = 0; i < COUNT(files); i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, files[i]);
        must_be_unreadable(path);
    }
    for (int i = 0; i < COUNT(written); i++) {
        snprintf(path, sizeof path, "/proc/%d/%s", pid, written[i]);
        must_be_unwritable(path);
    }
}

int main(void) {
    int found = 0;
    DIR *directory = opendir("/proc");
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        int pid = atoi(entry->d_name);
        char path[100];
        struct stat info;
        snprintf(path, sizeof path, "/proc/%d", pid);
        if (pid <= 1 || stat(path, &info) || info.st_uid == getuid()) continue;
        found++;
        signal_it(pid);
        reschedule_it(pid);
        look_into_it(pid);
    }
    if (!found) puts("nobody is here");
    MUST_FAIL(wait(NULL));
    return all_refused();
}
