/* Compiles only if something exists that must not. */
#if __has_include("/etc/shadow") || __has_include("/etc/hostname") || __has_include("/root/.bashrc") || \
    __has_include("/proc/cmdline") || __has_include("/sys/kernel/notes") || __has_include("/var/lib/dpkg/status") || \
    __has_include("/proc/1/root/etc/shadow") || __has_include("/run/docker.sock")
int main(void) { return 0; }
#endif
