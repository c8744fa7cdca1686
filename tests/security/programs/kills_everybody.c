/* kill(-1): everybody that may be signalled, the supervisor among them. */
#include "hostile.h"

int main(void) {
    for (int i = 0; i < 4; i++)
        if (fork() == 0)
            for (;;) pause();
    kill(-1, SIGKILL);
    puts("42");
    return 0;
}
