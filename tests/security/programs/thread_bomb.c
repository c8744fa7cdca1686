/* As many threads as there may be, and says how many that are. */
#include "hostile.h"

static void *sleep_for_ever(void *unused) {
    for (;;) pause();
}

int main(void) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    int count = 1;
    for (pthread_t thread; pthread_create(&thread, &small, sleep_for_ever, NULL) == 0;) count++;
    printf("%d\n", count);
    _exit(0);
}
