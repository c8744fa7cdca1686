/* Mounts, by the old interface and by the new one. */
#include "hostile.h"

int main(void) {
    MUST_FAIL(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
    MUST_FAIL(mount("/usr", "/work", NULL, MS_BIND, NULL));
    MUST_FAIL(mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
    MUST_FAIL(mount(NULL, "/", NULL, MS_REMOUNT, NULL));
    MUST_FAIL(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL));
    MUST_FAIL(mount("proc", "/work", "proc", 0, NULL));
    MUST_FAIL(mount("/dev/vda", "/work", "ext4", 0, NULL));
    MUST_FAIL(umount2("/artifact", MNT_DETACH));
    MUST_FAIL(umount2("/usr", MNT_DETACH));
    MUST_FAIL(umount2("/", MNT_DETACH));
    MUST_FAIL(syscall(SYS_pivot_root, "/work", "/work"));
    MUST_FAIL(chroot("/work"));
    for (int number = 428; number <= 433; number++) MUST_FAIL_WITH(ENOSYS, syscall(number, 0, 0, 0, 0, 0)); /* open_tree ... fspick */
    MUST_FAIL_WITH(ENOSYS, syscall(442 /* mount_setattr */, AT_FDCWD, "/", 0, 0, 0));
    MUST_FAIL_WITH(ENOSYS, syscall(457 /* statmount */, 0, 0, 0, 0));
    MUST_FAIL_WITH(ENOSYS, syscall(458 /* listmount */, 0, 0, 0, 0));
    MUST_FAIL_WITH(ENOSYS, syscall(467 /* open_tree_attr */, 0, 0, 0, 0));
    return all_refused();
}
