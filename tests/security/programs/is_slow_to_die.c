/* A large and crowded process at its CPU limit: ending it takes long, and shall be counted to nobody else. */
#include "hostile.h"

static void *burns(void *unused) { burn(); }

int main(void) {
    pthread_t thread;
    for (int i = 0; i < 20; i++) pthread_create(&thread, NULL, burns, NULL);
    hold(24 * MIB);
    for (int i = 0; i < 2000; i++) mmap(NULL, 8192, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    burn();
}
