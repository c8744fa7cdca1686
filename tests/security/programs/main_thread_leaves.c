/* The main thread ends and is a zombie; another one goes on. */
#include "hostile.h"

static void *work(void *unused) { burn(); }

int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_exit(NULL);
}
