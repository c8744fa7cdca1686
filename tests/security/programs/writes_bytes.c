/* Honest: so many bytes, each a function of its place, every value among them. Ends at once or after a moment. */
#include "hostile.h"

int main(int count, char **arguments) {
    long size = atol(arguments[1]);
    unsigned char *bytes = malloc(size + 1);
    for (long i = 0; i < size; i++) bytes[i] = i * 7 + (i >> 8);
    if (count > 2) fcntl(1, F_SETPIPE_SZ, atoi(arguments[2]));
    for (long sent = 0, part; sent < size; sent += part)
        if ((part = write(1, bytes + sent, size - sent)) < 0) return 1;
    return 0;
}
