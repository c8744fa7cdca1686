// Reads from a pipe whose other end it holds itself and never writes to: wall clock limit exceeded.
#include <iostream>
#include <unistd.h>

int main() {
    int end[2];
    char letter;
    if (pipe(end) != 0) return 1;
    const bool read_something = read(end[0], &letter, 1) == 1;
    std::cout << read_something << '\n' << end[1];
}
