/*
 * The supervisor as the least urgent process of the machine, on one core: it would come to look at the clock long
 * after the deadline, and everything it starts afterwards would be as slow.
 */
#include "hostile.h"

int main(void) {
    struct sched_param zero = {0};
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    const pid_t others[] = {getppid(), 1};
    for (int i = 0; i < COUNT(others); i++) {
        MUST_FAIL(sched_setscheduler(others[i], SCHED_IDLE, &zero));
        MUST_FAIL(sched_setscheduler(others[i], SCHED_BATCH, &zero));
        MUST_FAIL(setpriority(PRIO_PROCESS, others[i], 19));
        MUST_FAIL(setpriority(PRIO_PGRP, others[i], 19));
        MUST_FAIL(sched_setaffinity(others[i], sizeof first, &first));
        MUST_FAIL(syscall(SYS_ioprio_set, 1, others[i], 3 << 13));
    }
    setpriority(PRIO_USER, 0, 19);
    syscall(SYS_ioprio_set, 3, getuid(), 3 << 13);
    if (getpriority(PRIO_PROCESS, getppid()) != 0) ESCAPED("the supervisor is nice");
    return all_refused();
}
