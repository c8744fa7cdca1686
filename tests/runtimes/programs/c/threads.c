#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

static atomic_int total;

static void *add_square(void *argument) {
    int number = (int)(intptr_t)argument;
    atomic_fetch_add(&total, number * number);
    return NULL;
}

int main(void) {
    pthread_t threads[10];
    for (intptr_t i = 0; i < 10; i++)
        if (pthread_create(&threads[i], NULL, add_square, (void *)(i + 1))) return 1;
    for (int i = 0; i < 10; i++) pthread_join(threads[i], NULL);
    printf("%d\n", total);
}
