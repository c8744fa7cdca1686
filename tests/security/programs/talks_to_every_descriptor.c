/*
 * What a supervisor would send to say that all went well, by every descriptor that could lead to where it sends it,
 * and by every socket that can be found.
 */
#include "hostile.h"

int main(void) {
    /* Run, how it ended, code, cause, dirty, then times and sizes: run 1..9 ended well, at once. */
    struct __attribute__((packed)) { uint64_t run; uint8_t how; int32_t code; uint8_t cause, dirty; uint64_t more[7]; } report = {0};
    char path[64], target[64];
    for (int fd = 3; fd < 1024; fd++)
        for (report.run = 1; report.run < 10; report.run++) {
            MUST_FAIL(send(fd, &report, sizeof report, MSG_DONTWAIT | MSG_NOSIGNAL));
            MUST_FAIL(write(fd, &report, sizeof report));
        }
    for (int fd = 0; fd < 64; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", getppid(), fd);
        MUST_FAIL(open(path, O_RDWR));
        MUST_FAIL(readlink(path, target, sizeof target));
    }
    return all_refused();
}
