// Assigns where it meant to compare and prints a verse for ever: output limit exceeded.
#include <cstdio>

int main() {
    int rounds = 1;
    while ((rounds = 1)) std::fputs("biu\nbiu\nbiu\nbiu\nbiu\nbiu\nbiu\nbiu\nbiu\nbiu\nbiu\nbiu\n", stdout);
}
