/* Ignores and blocks what can be ignored and blocked; works on. */
#include "hostile.h"

int main(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int number = 1; number <= 64; number++) signal(number, SIG_IGN);
    burn();
}
