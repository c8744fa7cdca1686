/* The honest program that comes after an attack: complains about everything that is not as it should be. */
#include "hostile.h"

static int complaints;
#define COMPLAIN(...) (complaints++, printf(__VA_ARGS__), putchar('\n'))

static void directory_is_empty(const char *path) {
    struct stat info;
    if (stat(path, &info) || (info.st_mode & 0755) != 0755) COMPLAIN("%s has mode %o", path, info.st_mode & 07777);
    DIR *directory = opendir(path);
    if (!directory) { COMPLAIN("%s cannot be listed", path); return; }
    for (struct dirent *entry; (entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) COMPLAIN("%s holds %s", path, entry->d_name);
    closedir(directory);
    char name[200];
    snprintf(name, sizeof name, "%s/left-behind", path);
    int fd = open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1) COMPLAIN("%s is not writable: %m", path);
    close(fd);
}

static void nobody_else_is_here(void) {
    DIR *directory = opendir("/proc");
    if (!directory) return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        int pid = atoi(entry->d_name);
        if (pid && pid != 1 && pid != getppid() && pid != getpid()) COMPLAIN("process %d is here too", pid);
    }
    closedir(directory);
}

static void descriptors_are_the_standard_ones(void) {
    for (int fd = 0; fd < 1024; fd++)
        if ((fcntl(fd, F_GETFD) != -1) != (fd < 3)) COMPLAIN("descriptor %d is %s", fd, fd < 3 ? "closed" : "open");
}

static void scheduling_is_ordinary(int cores) {
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    if (CPU_COUNT(&set) != cores) COMPLAIN("%d cores instead of %d", CPU_COUNT(&set), cores);
    if (sched_getscheduler(0) != SCHED_OTHER) COMPLAIN("scheduling policy %d", sched_getscheduler(0));
    if (getpriority(PRIO_PROCESS, 0) != 0) COMPLAIN("nice %d", getpriority(PRIO_PROCESS, 0));
    if (syscall(SYS_ioprio_get, 1, 0) >> 13 == 3) COMPLAIN("idle I/O priority");
}

static void signals_and_identity_are_ordinary(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[4096];
    unsigned long bits;
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "SigBlk: %lx", &bits) == 1 || sscanf(line, "SigIgn: %lx", &bits) == 1 ||
            sscanf(line, "SigPnd: %lx", &bits) == 1 || sscanf(line, "CapEff: %lx", &bits) == 1)
            if (bits & ~0x180000000) COMPLAIN("%s", line); /* 32, 33: posix_spawn */
    if (status) fclose(status);
    if (getsid(0) != getpid() || umask(022) != 022 || alarm(0)) COMPLAIN("session, umask or alarm");
    if (getuid() != 1000 || geteuid() != 1000) COMPLAIN("user %d", getuid());
    if (syscall(SYS_personality, 0xffffffff)) COMPLAIN("personality");
}

static void names_and_ports_are_free(void) {
    struct sockaddr_un name;
    socklen_t length = abstract_name(&name, "left-behind");
    if (bind(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, length)) COMPLAIN("abstract name: %m");
    struct sockaddr_in address = loopback(4321);
    int tcp = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(tcp, (void *)&address, sizeof address) || listen(tcp, 1)) COMPLAIN("TCP port: %m");
    if (bind(socket(AF_INET, SOCK_DGRAM, 0), (void *)&address, sizeof address)) COMPLAIN("UDP port: %m");
}

static void *nothing(void *unused) { return unused; }

static void forks_and_threads_work(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL)) COMPLAIN("no thread");
    pid_t child = fork();
    if (child == 0) _exit(7);
    int status = 0;
    if (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7) COMPLAIN("no child");
}

int main(int count, char **arguments) {
    char cwd[PATH_MAX], nonce[100] = "";
    if (!getcwd(cwd, sizeof cwd) || strcmp(cwd, "/work")) COMPLAIN("in %s", cwd);
    descriptors_are_the_standard_ones();
    directory_is_empty("/work");
    directory_is_empty("/tmp");
    directory_is_empty("/dev/shm");
    if (open("/artifact/left-behind", O_CREAT | O_WRONLY, 0600) >= 0) COMPLAIN("/artifact is writable");
    nobody_else_is_here();
    scheduling_is_ordinary(count > 1 ? atoi(arguments[1]) : 0);
    signals_and_identity_are_ordinary();
    names_and_ports_are_free();
    forks_and_threads_work();
    if (environ[0] == NULL || strcmp(environ[0], "ONLY=this") || environ[1]) COMPLAIN("environment");
    if (!hold(24 * MIB)) COMPLAIN("no memory");
    if (scanf("%99s", nonce) != 1 || getchar() != '\n' || getchar() != EOF) COMPLAIN("standard input");
    fputs(nonce, stderr);
    if (!complaints) puts("clean");
    return complaints ? 1 : 0;
}
