/* Its name stands in the files of /proc from which the judge takes numbers; the real numbers come later in them. */
#include "hostile.h"

static long deep(long left) {
    volatile char frame[4096];
    frame[0] = left;
    frame[4095] = left;
    return left ? deep(left - 1) + frame[0] : 0;
}

int main(void) {
    prctl(PR_SET_NAME, "VmStk: 1 kB) 0");
    deep(5000);
    burn_ms(50);
    milliseconds(100);
    return 0;
}
