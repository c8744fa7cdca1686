#include <pthread.h>
#include <stdio.h>

static void *square(void *number) {
    int *root = number;
    *root *= *root;
    return NULL;
}

int main(void) {
    pthread_t threads[10];
    int numbers[10], sum = 0;
    for (int i = 0; i < 10; i++) {
        numbers[i] = i + 1;
        if (pthread_create(&threads[i], NULL, square, &numbers[i]) != 0) return 1;
    }
    for (int i = 0; i < 10; i++) {
        pthread_join(threads[i], NULL);
        sum += numbers[i];
    }
    printf("%d\n", sum);
    return 0;
}
