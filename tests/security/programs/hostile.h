/* What hostile programs have in common: every success is shouted, so that a test sees it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define MIB (1024L * 1024L)
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static int successes;

/* Forks would print a buffer twice. */
__attribute__((constructor)) static void print_at_once(void) { setvbuf(stdout, NULL, _IONBF, 0); }

#define ESCAPED(...) (successes++, printf("ESCAPED: " __VA_ARGS__), putchar('\n'))

/* The call must fail; MUST_FAIL_WITH also says how. */
#define MUST_FAIL(call) \
    do { \
        errno = 0; \
        long result_ = (long)(call); \
        if (result_ != -1) ESCAPED("%s = %ld", #call, result_); \
    } while (0)

#define MUST_FAIL_WITH(error, call) \
    do { \
        errno = 0; \
        long result_ = (long)(call); \
        if (result_ != -1 || errno != (error)) ESCAPED("%s = %ld, %s", #call, result_, strerror(errno)); \
    } while (0)

static inline int all_refused(void) {
    if (successes == 0) puts("all refused");
    return 0;
}

/* Neither its content nor, for a directory, its names may be had. */
static inline void must_be_unreadable(const char *path) {
    char byte;
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    if (fd < 0) return;
    DIR *directory = fdopendir(fd);
    if (directory) ESCAPED("the directory %s can be listed", path);
    else if (read(fd, &byte, 1) > 0) ESCAPED("%s can be read", path);
    else ESCAPED("%s can be opened", path);
    directory ? closedir(directory) : close(fd);
}

static inline void must_not_exist(const char *path) {
    struct stat info;
    if (lstat(path, &info) == 0) ESCAPED("%s exists", path);
}

static inline void must_be_unwritable(const char *path) {
    int fd = open(path, O_WRONLY);
    if (fd < 0) return;
    ESCAPED("%s can be opened for writing", path);
    close(fd);
}

static inline void milliseconds(long count) {
    struct timespec left = {count / 1000, count % 1000 * 1000000};
    while (nanosleep(&left, &left) && errno == EINTR) continue;
}

static inline void burn(void) {
    for (volatile unsigned long i = 0;; i++) continue;
}

/* CPU time of this thread's own. */
static inline void burn_ms(long count) {
    struct timespec began, now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
    do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000 < count);
}

/* Memory that is really there. */
static inline char *hold(long bytes) {
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    for (long i = 0; i < bytes; i += 4096) memory[i] = 1;
    return memory;
}

static inline void send_descriptors(int socket, const int *fds, int count) {
    char control[CMSG_SPACE(sizeof(int) * 64)] = {0};
    struct iovec data = {"x", 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
    sendmsg(socket, &message, 0);
}

static inline struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static inline socklen_t abstract_name(struct sockaddr_un *address, const char *name) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    strcpy(address->sun_path + 1, name);
    return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}
