/* Device nodes, with which disks and memory could be read. */
#include "hostile.h"

int main(void) {
    MUST_FAIL(mknod("/work/disk", S_IFBLK | 0666, 254 << 8));
    MUST_FAIL(mknod("/work/memory", S_IFCHR | 0666, 1 << 8 | 1));
    MUST_FAIL(mknod("/work/null", S_IFCHR | 0666, 1 << 8 | 3));
    const char *devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};
    for (int i = 0; i < COUNT(devices); i++) {
        MUST_FAIL(unlink(devices[i]));
        MUST_FAIL(chmod(devices[i], 0));
        MUST_FAIL(chown(devices[i], 1000, 1000));
    }
    int entropy = open("/dev/random", O_RDWR), bits = 4096;
    MUST_FAIL(ioctl(entropy, 0x40045201 /* RNDADDTOENTCNT */, &bits));
    MUST_FAIL(ioctl(entropy, 0x5206 /* RNDCLEARPOOL */));
    return all_refused();
}
