/* What /proc has about init, the supervisor, and whoever else there is. */
#include "hostile.h"

int main(void) {
    const char *names[] = {"environ", "mem", "maps", "smaps", "pagemap", "auxv", "io", "stack", "syscall", "personality", "exe",
                           "fd", "fdinfo", "map_files", "cwd/.", "root/.", "ns/mnt", "ns/net", "ns/user", "fd/0", "fd/1", "fd/3",
                           "fd/4", "task/1/environ", "task/1/mem", "timers", "clear_refs", "projid_map", "patch_state"};
    char path[100], target[100];
    for (int pid = 1; pid < 400; pid++) {
        if (pid == getpid()) continue;
        for (int i = 0; i < COUNT(names); i++) {
            snprintf(path, sizeof path, "/proc/%d/%s", pid, names[i]);
            if (!strcmp(names[i], "timers") || !strcmp(names[i], "projid_map")) continue; /* about nothing secret */
            must_be_unreadable(path);
            if (readlink(path, target, sizeof target) > 0) ESCAPED("%s leads somewhere", path);
        }
        snprintf(path, sizeof path, "/proc/%d/mem", pid);
        must_be_unwritable(path);
        snprintf(path, sizeof path, "/proc/%d/oom_score_adj", pid);
        must_be_unwritable(path);
    }
    return all_refused();
}
