/* Every way to more rights: ids, capabilities, programs that would run as root. */
#include "hostile.h"

#include <linux/capability.h>

static void is_still_nobody(const char *who, const char *path) {
    FILE *status = fopen(path, "r");
    char line[4096];
    unsigned int real, effective, saved, files;
    unsigned long bits;
    while (status && fgets(line, sizeof line, status)) {
        if (sscanf(line, "Uid: %u %u %u %u", &real, &effective, &saved, &files) == 4)
            if (real != 1000 || effective != 1000 || saved != 1000 || files != 1000) ESCAPED("%s has %s", who, line);
        if (!strncmp(line, "Cap", 3) && sscanf(line, "Cap%*3s: %lx", &bits) == 1 && bits) ESCAPED("%s has %s", who, line);
        if (sscanf(line, "NoNewPrivs: %lu", &bits) == 1 && bits != 1) ESCAPED("%s may gain rights", who);
        if (sscanf(line, "Seccomp: %lu", &bits) == 1 && bits != 2) ESCAPED("%s has no filter", who);
    }
    if (status) fclose(status);
}

/* Every program that would have its owner's rights is started, and looked at while it runs. */
static void start_privileged_programs(const char *directory) {
    DIR *listing = opendir(directory);
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        char path[PATH_MAX], status[100];
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (stat(path, &info) || !S_ISREG(info.st_mode) || !(info.st_mode & (S_ISUID | S_ISGID))) continue;
        pid_t child = fork();
        if (child == 0) {
            int ends[2];
            pipe(ends);
            dup2(ends[0], 0);
            dup2(open("/dev/null", O_WRONLY), 1);
            dup2(1, 2);
            execl(path, path, NULL);
            _exit(1);
        }
        snprintf(status, sizeof status, "/proc/%d/status", child);
        for (int i = 0; i < 5; i++) {
            is_still_nobody(path, status);
            milliseconds(1);
        }
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    if (listing) closedir(listing);
}

int main(void) {
    struct statvfs where;
    is_still_nobody("the program", "/proc/self/status");
    if (statvfs("/usr", &where) || !(where.f_flag & ST_NOSUID)) ESCAPED("set-user-id counts on /usr");
    if (statvfs("/work", &where) || !(where.f_flag & ST_NOSUID)) ESCAPED("set-user-id counts on /work");
    MUST_FAIL(setuid(0));
    MUST_FAIL(setgid(0));
    MUST_FAIL(setreuid(0, 0));
    MUST_FAIL(setresuid(0, 0, 0));
    MUST_FAIL(setgroups(1, (gid_t[]){0}));
    MUST_FAIL(setuid(65534));
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct all[2] = {{-1u, -1u, -1u}, {-1u, -1u, -1u}};
    MUST_FAIL(syscall(SYS_capset, &header, all));
    for (int capability = 0; capability <= 40; capability++) {
        if (prctl(PR_CAPBSET_READ, capability) > 0) ESCAPED("capability %d is within bounds", capability);
        MUST_FAIL(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0));
    }
    MUST_FAIL(prctl(PR_SET_KEEPCAPS, 1));
    MUST_FAIL(prctl(PR_SET_SECUREBITS, 0));
    MUST_FAIL(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    MUST_FAIL(prctl(PR_SET_MM, PR_SET_MM_START_BRK, 4096, 0, 0));
    start_privileged_programs("/usr/bin");
    start_privileged_programs("/usr/sbin");
    start_privileged_programs("/usr/lib/openssh");
    is_still_nobody("the program", "/proc/self/status");
    return all_refused();
}
