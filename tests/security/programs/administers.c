/* What only the machine's owner may do. */
#include "hostile.h"
#include <sys/timex.h>
#include <sys/io.h>

int main(void) {
    struct timeval now = {1, 0};
    struct timespec then = {1, 0};
    struct timex change = {.modes = ADJ_FREQUENCY};
    char space[4096] = {0};
    MUST_FAIL(syscall(SYS_reboot, 0xfee1dead, 672274793, 0x4321fedc, NULL));
    MUST_FAIL(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL)); /* Ctrl-Alt-Del */
    MUST_FAIL(settimeofday(&now, NULL));
    MUST_FAIL(clock_settime(CLOCK_REALTIME, &then));
    MUST_FAIL(adjtimex(&change));
    MUST_FAIL(clock_adjtime(CLOCK_REALTIME, &change));
    MUST_FAIL(sethostname("left-behind", 11));
    MUST_FAIL(setdomainname("left-behind", 11));
    MUST_FAIL(syscall(SYS_kexec_load, 0, 0, NULL, 0));
    MUST_FAIL(syscall(SYS_kexec_file_load, 0, 0, 0, "", 0));
    MUST_FAIL(syscall(SYS_init_module, space, sizeof space, ""));
    MUST_FAIL(syscall(SYS_finit_module, 0, "", 0));
    MUST_FAIL(syscall(SYS_delete_module, "ext4", O_NONBLOCK));
    MUST_FAIL(syscall(SYS_swapon, "/work", 0));
    MUST_FAIL(syscall(SYS_swapoff, "/work"));
    MUST_FAIL(syscall(SYS_quotactl, 0, "/dev/vda", 0, NULL));
    MUST_FAIL(syscall(SYS_acct, "/work/left-behind"));
    MUST_FAIL(syscall(SYS_syslog, 3, space, sizeof space));
    MUST_FAIL(syscall(SYS_syslog, 10, NULL, 0));
    MUST_FAIL(syscall(SYS_vhangup));
    MUST_FAIL(syscall(SYS_lookup_dcookie, 0, space, sizeof space));
    MUST_FAIL(syscall(SYS_personality, 8 /* PER_LINUX32 */));
    MUST_FAIL(syscall(SYS_personality, 0x0400000 /* READ_IMPLIES_EXEC */));
    MUST_FAIL(ioctl(0, 0x5412 /* TIOCSTI */, "x"));
    MUST_FAIL(ioctl(1, 0x541c /* TIOCLINUX */, "\3"));
    MUST_FAIL(syscall(SYS_ioctl, 0, 1L << 32 | 0x5412, "x"));
    MUST_FAIL(ioctl(0, 0x540e /* TIOCSCTTY */, 1));
    MUST_FAIL(open("/dev/tty", O_RDWR));
    MUST_FAIL(posix_openpt(O_RDWR));
    int usr = open("/usr", O_RDONLY);
    MUST_FAIL(ioctl(usr, 0xc0045877 /* FIFREEZE */, 0));
    MUST_FAIL(ioctl(usr, 0xc0185879 /* FITRIM */, space));
    MUST_FAIL(ioctl(usr, 0x40086602 /* FS_IOC_SETFLAGS */, &(long){16}));
#ifdef __x86_64__
    MUST_FAIL(iopl(3));
    MUST_FAIL(ioperm(0x80, 1, 1));
    MUST_FAIL(syscall(SYS_modify_ldt, 0, space, sizeof space));
    MUST_FAIL(syscall(SYS_create_module, "x", 4096));
    MUST_FAIL(syscall(SYS_uselib, "/lib/x"));
#endif
    return all_refused();
}
