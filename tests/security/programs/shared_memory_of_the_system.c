/* What outlives its creator by design: System V and POSIX objects, keys. */
#include "hostile.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void) {
    MUST_FAIL(shmget(4321, 4096, IPC_CREAT | 0666));
    MUST_FAIL(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666));
    MUST_FAIL(semget(4321, 1, IPC_CREAT | 0666));
    MUST_FAIL(msgget(4321, IPC_CREAT | 0666));
    MUST_FAIL(mq_open("/left-behind", O_CREAT | O_RDWR, 0666, NULL));
    MUST_FAIL(syscall(SYS_add_key, "user", "left-behind", "x", 1, -3));
    MUST_FAIL(syscall(SYS_add_key, "keyring", "left-behind", NULL, 0, -5));
    MUST_FAIL(syscall(SYS_request_key, "user", "left-behind", NULL, -3));
    for (int command = 0; command < 33; command++) MUST_FAIL(syscall(SYS_keyctl, command, -3, 0, 0, 0));
    return all_refused();
}
