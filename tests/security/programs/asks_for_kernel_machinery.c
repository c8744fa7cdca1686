/* The large interfaces in which most of the ways out of other sandboxes were found. */
#include "hostile.h"

int main(void) {
    char space[256] = {0};
    MUST_FAIL_WITH(ENOSYS, syscall(SYS_io_uring_setup, 8, space));
    MUST_FAIL_WITH(ENOSYS, syscall(SYS_io_uring_enter, 0, 0, 0, 0, NULL, 0));
    MUST_FAIL_WITH(ENOSYS, syscall(SYS_io_uring_register, 0, 0, NULL, 0));
    for (int command = 0; command < 40; command++) MUST_FAIL_WITH(EPERM, syscall(SYS_bpf, command, space, sizeof space));
    MUST_FAIL_WITH(EPERM, syscall(SYS_perf_event_open, space, 0, -1, -1, 0));
    MUST_FAIL_WITH(EPERM, syscall(SYS_userfaultfd, 0));
    MUST_FAIL_WITH(EPERM, syscall(SYS_userfaultfd, 1 /* user mode only */));
    MUST_FAIL_WITH(EPERM, syscall(SYS_fanotify_init, 0, 0));
    MUST_FAIL_WITH(EPERM, syscall(SYS_fanotify_mark, 0, 1, 0, AT_FDCWD, "/usr"));
    MUST_FAIL_WITH(ENOSYS, syscall(447 /* memfd_secret */, 0));
    MUST_FAIL_WITH(ENOSYS, syscall(444 /* landlock */, space, 8, 0));
    MUST_FAIL_WITH(EPERM, syscall(SYS_kcmp, getpid(), getppid(), 0, 0, 0));
    MUST_FAIL_WITH(EPERM, syscall(SYS_migrate_pages, getppid(), 0, NULL, NULL));
    MUST_FAIL_WITH(EPERM, syscall(SYS_move_pages, getppid(), 0, NULL, NULL, NULL, 0));
    struct { unsigned int bytes; int type; char handle[128]; } handle = {128};
    int mount_id;
    MUST_FAIL_WITH(EPERM, syscall(SYS_name_to_handle_at, AT_FDCWD, "/usr", &handle, &mount_id, 0));
    MUST_FAIL_WITH(EPERM, syscall(SYS_open_by_handle_at, AT_FDCWD, &handle, O_RDONLY));
    return all_refused();
}
