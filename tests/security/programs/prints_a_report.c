/* The right words on the wrong channel, then a crash or a failure. */
#include "hostile.h"

int main(int count, char **arguments) {
    puts("42");
    if (!strcmp(arguments[1], "abort")) abort();
    if (!strcmp(arguments[1], "segv")) *(volatile int *)8 = 1;
    if (!strcmp(arguments[1], "kill")) raise(SIGKILL);
    if (!strcmp(arguments[1], "term")) raise(SIGTERM);
    if (!strcmp(arguments[1], "alarm")) raise(SIGALRM);
    if (!strcmp(arguments[1], "xcpu")) raise(SIGXCPU);
    if (!strcmp(arguments[1], "pipe")) raise(SIGPIPE);
    if (!strcmp(arguments[1], "exit_group")) syscall(SYS_exit_group, 256 + 7);
    return atoi(arguments[1]);
}
