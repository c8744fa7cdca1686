/* The work is shared by threads, so that none of them uses much. */
#include "hostile.h"

static void *work(void *unused) {
    burn_ms(60);
    return NULL;
}

int main(void) {
    pthread_t threads[16];
    for (int i = 0; i < COUNT(threads); i++) pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < COUNT(threads); i++) pthread_join(threads[i], NULL);
    puts("42");
    return 0;
}
