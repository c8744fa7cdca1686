/* The program makes itself the reaper of orphans, lets families of them grow and leaves them. */
#include "hostile.h"

int main(void) {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (int i = 0; i < 4; i++)
        if (fork() == 0) {
            setsid();
            prctl(PR_SET_CHILD_SUBREAPER, 1);
            for (int k = 0; k < 3; k++)
                if (fork() == 0 && fork() == 0)
                    for (;;) pause();
            _exit(0);
        }
    milliseconds(20);
    puts("done");
    return 0;
}
