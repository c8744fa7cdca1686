/* Honest but odd: a byte at a time, in packets, to a pipe that does not block. */
#include "hostile.h"

int main(int count, char **arguments) {
    fcntl(1, F_SETFL, O_NONBLOCK | O_DIRECT);
    for (int i = 0, left = atoi(arguments[1]); i < left;)
        if (write(1, &"0123456789"[i % 10], 1) == 1) i++;
        else poll(&(struct pollfd){1, POLLOUT, 0}, 1, 100);
    return 0;
}
