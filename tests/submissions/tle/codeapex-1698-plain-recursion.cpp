// Fills a table up to 60 steps by plain recursion, some ten to the twelve calls: time limit exceeded.
#include <iostream>

long long ways(int steps) { return steps < 2 ? 1 : ways(steps - 1) + ways(steps - 2); }

int main() {
    long long table[61];
    for (int i = 0; i <= 60; ++i) table[i] = ways(i);
    int steps;
    std::cin >> steps;
    std::cout << table[steps];
}
