/*
 * The program that the conformance suite runs most: one mode for each thing that a program may do to its limits.
 * It is compiled in a box, once for all the tests; static and small, so that the figures are its own and not a library's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1024L * 1024)

static long number(char **argv, int index) { return argv[index] ? atol(argv[index]) : 0; }

static int64_t now_ms(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
    struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

/* CPU time of this thread alone: what others on the machine do does not count. */
static void spin_ms(long ms)
{
    int64_t end = now_ms(CLOCK_THREAD_CPUTIME_ID) + ms;
    while (now_ms(CLOCK_THREAD_CPUTIME_ID) < end)
        for (volatile int i = 0; i < 20000; i++)
            ;
}

static void *spinning_thread(void *ms)
{
    spin_ms((long)ms);
    return NULL;
}

static void *sleeping_thread(void *ms)
{
    sleep_ms((long)ms);
    return NULL;
}

static pid_t fork_or_die(void)
{
    pid_t pid = fork();
    if (pid < 0) {
        perror("fork");
        exit(3);
    }
    return pid;
}

static void await_children(void)
{
    while (wait(NULL) >= 0 || errno == EINTR)
        ;
}

/* Each level waits for the one below it, which alone spins. */
static void nested(long levels, long ms)
{
    if (levels == 0) {
        spin_ms(ms);
        return;
    }
    if (fork_or_die() == 0) {
        nested(levels - 1, ms);
        _exit(0);
    }
    await_children();
}

static void one_after_another(long count, long ms)
{
    for (long i = 0; i < count; i++) {
        if (fork_or_die() == 0) {
            spin_ms(ms);
            _exit(0);
        }
        await_children();
    }
}

static void touch(long mib)
{
    char *memory = mmap(NULL, mib * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        exit(4);
    for (long i = 0; i < mib * MIB; i += 4096)
        memory[i] = 1;
}

/* The first one to be ready waits for the last one, however slow the machine: a pipe ends when all have closed it. */
static void spread(long count, long mib, long ms)
{
    int ready[2];
    if (pipe(ready) < 0)
        exit(4);
    for (long i = 0; i < count; i++)
        if (fork_or_die() == 0) {
            touch(mib);
            close(ready[1]);
            (void)!read(ready[0], &(char){0}, 1);
            sleep_ms(ms);
            _exit(0);
        }
    close(ready[1]);
    await_children();
}

static int reserve(int protection)
{
    void *memory = mmap(NULL, 1L << 40, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? 4 : 0;
}

/* Recursion that no optimiser can turn into a loop; each frame is a little over 64 KiB. */
static int __attribute__((noinline)) deep(long frames, long hold_ms)
{
    volatile char frame[65536];
    for (size_t i = 0; i < sizeof frame; i += 4096)
        frame[i] = (char)frames;
    if (frames <= 0) {
        sleep_ms(hold_ms);
        return frame[0];
    }
    return deep(frames - 1, hold_ms) + frame[4096] - (char)frames;
}

static int write_file(const char *path, long bytes)
{
    static char block[65536];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    while (bytes > 0) {
        ssize_t written = write(fd, block, bytes < (long)sizeof block ? bytes : (long)sizeof block);
        if (written <= 0) {
            perror(path);
            return 5;
        }
        bytes -= written;
    }
    return close(fd);
}

/* How many of something can be had; the program itself is the first process, and 0-2 are the first descriptors. */
static void count_threads(void)
{
    long count = 1;
    pthread_t thread;
    while (count < 100000 && pthread_create(&thread, NULL, sleeping_thread, (void *)60000) == 0)
        count++;
    printf("%ld\n", count);
    fflush(stdout);
    _exit(0);
}

static void count_processes(void)
{
    long count = 1;
    for (pid_t pid; (pid = fork()) >= 0; count++)
        if (pid == 0) {
            pause();
            _exit(0);
        }
    printf("%ld\n", count);
}

static void count_descriptors(void)
{
    long count = 3;
    while (dup(0) >= 0)
        count++;
    printf("%ld\n", count);
}

static void list_descriptors(void)
{
    for (int fd = 0; fd < 4096; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("%d ", fd);
}

int main(int argc, char **argv)
{
    int *volatile nowhere = NULL;
    const char *mode = argc > 1 ? argv[1] : "nothing";
#define IS(name) (strcmp(mode, name) == 0)
    if (IS("nothing"))
        return 0;
    if (IS("exit"))
        return (int)number(argv, 2);
    if (IS("raise"))
        return raise((int)number(argv, 2));
    if (IS("segfault"))
        return *nowhere;
    if (IS("sleep"))
        sleep_ms(number(argv, 2));
    else if (IS("spin"))
        spin_ms(number(argv, 2));
    else if (IS("threads")) {
        pthread_t threads[16];
        long count = number(argv, 2);
        for (long i = 0; i < count; i++)
            pthread_create(&threads[i], NULL, spinning_thread, (void *)number(argv, 3));
        for (long i = 0; i < count; i++)
            pthread_join(threads[i], NULL);
    } else if (IS("children")) {
        for (long i = number(argv, 2); i > 0; i--)
            if (fork_or_die() == 0) {
                spin_ms(number(argv, 3));
                return 0;
            }
        await_children();
    } else if (IS("nested")) {
        nested(number(argv, 2), number(argv, 3));
        sleep_ms(number(argv, 4));
    } else if (IS("brief"))
        one_after_another(number(argv, 2), number(argv, 3));
    else if (IS("unseen")) { /* the kernel buries such children itself, and forgets what they spent */
        signal(SIGCHLD, SIG_IGN);
        one_after_another(number(argv, 2), number(argv, 3));
    } else if (IS("touch")) {
        touch(number(argv, 2));
        sleep_ms(number(argv, 3));
    } else if (IS("spread")) {
        spread(number(argv, 2), number(argv, 3), number(argv, 4));
    } else if (IS("reserve"))
        return reserve(PROT_NONE);
    else if (IS("reserve-writable"))
        return reserve(PROT_READ | PROT_WRITE);
    else if (IS("deep"))
        return deep(number(argv, 2) * 16, number(argv, 3)) & 0;
    else if (IS("write"))
        return write_file(argv[2], number(argv, 3));
    else if (IS("count-threads"))
        count_threads();
    else if (IS("count-processes"))
        count_processes();
    else if (IS("count-descriptors"))
        count_descriptors();
    else if (IS("list-descriptors"))
        list_descriptors();
    else if (IS("hold-descriptors")) {
        for (long i = number(argv, 2); i > 0; i--)
            dup(0);
        sleep_ms(number(argv, 3));
    } else if (IS("hold-processes")) {
        for (long i = number(argv, 2); i > 0; i--)
            if (fork_or_die() == 0) {
                sleep_ms(number(argv, 3));
                return 0;
            }
        await_children();
    } else if (IS("argv"))
        for (int i = 2; i < argc; i++)
            fwrite(argv[i], 1, strlen(argv[i]) + 1, stdout);
    else if (IS("print")) { /* BYTES to descriptor FD */
        static char block[65536];
        memset(block, 'x', sizeof block);
        for (long left = number(argv, 2); left > 0;) {
            ssize_t written = write((int)number(argv, 3), block, left < (long)sizeof block ? left : (long)sizeof block);
            if (written <= 0)
                return 5;
            left -= written;
        }
    } else if (IS("kill")) /* PID SIGNAL */
        return kill((pid_t)number(argv, 2), (int)number(argv, 3));
    else {
        fprintf(stderr, "unknown mode %s\n", mode);
        return 2;
    }
    return 0;
}
