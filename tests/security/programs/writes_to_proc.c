/* What /proc lets a process change about itself: its place in the order of killing, its ids, its memory. */
#include "hostile.h"

int main(void) {
    const char *names[] = {"oom_score_adj", "oom_adj", "uid_map", "gid_map", "setgroups", "projid_map", "loginuid", "timerslack_ns",
                           "coredump_filter", "clear_refs", "mem", "comm", "sched", "autogroup", "attr/current", "attr/exec",
                           "make-it-fail", "cgroup", "limits", "sessionid"};
    char path[100];
    for (int i = 0; i < COUNT(names); i++) {
        snprintf(path, sizeof path, "/proc/self/%s", names[i]);
        must_be_unwritable(path);
        snprintf(path, sizeof path, "/proc/thread-self/%s", names[i]);
        must_be_unwritable(path);
    }
    must_be_unwritable("/proc/sys/kernel/core_pattern");
    must_be_unwritable("/proc/sys/kernel/hostname");
    must_be_unwritable("/proc/sys/net/ipv4/ip_forward");
    must_be_unwritable("/proc/sysrq-trigger");
    MUST_FAIL(mount("proc", "/proc", "proc", MS_REMOUNT, NULL));
    MUST_FAIL(umount2("/proc", MNT_DETACH));
    return all_refused();
}
