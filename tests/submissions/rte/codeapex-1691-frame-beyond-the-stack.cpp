// Wants a local table of four gigabytes, above any stack, and writes to its far end: run-time error.
#include <iostream>

int main() {
    volatile char table[1'000][4'000'000];
    int time, herbs;
    std::cin >> time >> herbs;
    table[0][0] = static_cast<char>(herbs);
    std::cout << static_cast<int>(table[0][0]);
}
