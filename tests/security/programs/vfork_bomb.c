/* Each child vforks the next: a chain of parents that cannot be interrupted by anything but a kill. */
#include "hostile.h"

static char stacks[64][16384] __attribute__((aligned(16)));

static int go_deeper(void *argument) {
    long depth = (long)argument;
    if (depth < COUNT(stacks)) clone(go_deeper, stacks[depth] + sizeof stacks[depth], CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)(depth + 1));
    for (;;) pause();
}

int main(void) { return go_deeper(0); }
