/* More of the machine than others get: real time, negative niceness, urgent I/O, a core of its own. */
#include "hostile.h"

int main(void) {
    struct sched_param one = {1};
    MUST_FAIL(sched_setscheduler(0, SCHED_FIFO, &one));
    MUST_FAIL(sched_setscheduler(0, SCHED_RR, &one));
    MUST_FAIL(setpriority(PRIO_PROCESS, 0, -20));
    MUST_FAIL(syscall(SYS_ioprio_set, 1, 0, 1 << 13));
    MUST_FAIL(prctl(62 /* PR_SCHED_CORE */, 1 /* CREATE */, 0, 0, 0));
    return all_refused();
}
