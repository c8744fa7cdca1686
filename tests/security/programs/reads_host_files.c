/* Everything of the host that is worth reading; further paths are arguments. */
#include "hostile.h"

int main(int count, char **arguments) {
    const char *paths[] = {
        "/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssh", "/etc/hostname", "/etc/resolv.conf", "/etc/machine-id",
        "/etc/ssl", "/etc/fstab", "/root", "/root/.ssh", "/root/.bash_history", "/home", "/var", "/var/log", "/var/lib",
        "/var/run/docker.sock", "/run", "/run/docker.sock", "/run/secrets", "/var/run/secrets", "/boot", "/mnt",
        "/media", "/srv", "/sys", "/sys/fs/cgroup", "/sys/kernel", "/lost+found", "/initrd.img", "/.dockerenv", "/host",
        "/old_root", "/oldroot", "/put_old", "/dev/mem", "/dev/kmem", "/dev/kmsg", "/dev/port", "/dev/sda", "/dev/vda", "/dev/nvme0",
        "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/mapper", "/dev/console", "/dev/tty", "/dev/tty0", "/dev/ptmx",
        "/dev/pts", "/dev/mqueue", "/dev/hugepages", "/dev/log", "/dev/loop0", "/dev/disk", "/dev/input", "/dev/userfaultfd",
        "/proc/kcore", "/proc/kallsyms", "/proc/kmsg", "/proc/keys", "/proc/key-users", "/proc/config.gz", "/proc/cmdline",
        "/proc/modules", "/proc/sysrq-trigger", "/proc/sys", "/proc/bus", "/proc/fs", "/proc/mounts", "/proc/version",
        "/proc/iomem", "/proc/timer_list", "/proc/sched_debug", "/proc/vmallocinfo", "/proc/interrupts", "/proc/diskstats",
        "/proc/partitions", "/proc/sysvipc", "/proc/swaps", "/proc/locks", "/proc/cgroups", "/proc/stat", "/proc/uptime",
    };
    bool masked_proc = access("/proc/1", F_OK);
    for (int i = 0; i < COUNT(paths); i++)
        if (strncmp(paths[i], "/proc/", 6)) must_not_exist(paths[i]);
        else if (!masked_proc) must_be_unreadable(strcmp(paths[i], "/proc/mounts") ? paths[i] : "/proc/nothing");
    for (int i = 1; i < count; i++) must_not_exist(arguments[i]);
    return all_refused();
}
