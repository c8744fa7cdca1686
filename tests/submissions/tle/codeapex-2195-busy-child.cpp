// Lets a child process walk the table for ever while the parent only waits: the tree's CPU time exceeds the limit.
#include <iostream>
#include <sys/wait.h>
#include <unistd.h>

int main() {
    int numerator, denominator;
    std::cin >> numerator >> denominator;
    if (fork() == 0) {
        volatile unsigned long long rank = 0;
        for (;;) rank = rank + 1;
    }
    wait(nullptr);
    std::cout << numerator * denominator;
}
