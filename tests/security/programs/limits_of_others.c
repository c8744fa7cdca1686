/* Lowers the limits of init and of the supervisor, so that they fail; raises its own. */
#include "hostile.h"

int main(void) {
    struct rlimit none = {0, 0}, all = {RLIM_INFINITY, RLIM_INFINITY}, now;
    for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
        MUST_FAIL(prlimit(1, resource, &none, NULL));
        MUST_FAIL(prlimit(getppid(), resource, &none, NULL));
        MUST_FAIL(prlimit(getppid(), resource, NULL, &now));
        getrlimit(resource, &now);
        if (now.rlim_max != RLIM_INFINITY) MUST_FAIL(setrlimit(resource, &all));
    }
    /* The kernel looks at the low half of a process id only. */
    MUST_FAIL(syscall(SYS_prlimit64, (1L << 32) | 1, RLIMIT_NOFILE, &none, NULL));
    MUST_FAIL(syscall(SYS_prlimit64, (1L << 32) | getppid(), RLIMIT_NOFILE, &none, NULL));
    const int bounded[] = {RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_STACK, RLIMIT_MEMLOCK, RLIMIT_NICE, RLIMIT_RTPRIO};
    for (int i = 0; i < COUNT(bounded); i++) {
        getrlimit(bounded[i], &now);
        if (now.rlim_max == RLIM_INFINITY) ESCAPED("resource %d has no limit", bounded[i]);
    }
    return all_refused();
}
