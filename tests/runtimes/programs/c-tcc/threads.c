#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

/* This compiler has no <stdatomic.h>. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int total;

static void *square(void *number) {
    intptr_t n = (intptr_t)number;
    pthread_mutex_lock(&guard);
    total += (int)(n * n);
    pthread_mutex_unlock(&guard);
    return NULL;
}

int main(void) {
    pthread_t threads[10];
    for (intptr_t i = 0; i < 10; i++) pthread_create(&threads[i], NULL, square, (void *)(i + 1));
    for (int i = 0; i < 10; i++) pthread_join(threads[i], NULL);
    printf("%d\n", total);
}
