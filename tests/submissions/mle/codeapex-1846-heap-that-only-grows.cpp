// Appends to a list for every command and never stops when the input has ended: memory limit exceeded.
#include <array>
#include <iostream>
#include <list>

int main() {
    std::list<std::array<long long, 64>> heap;
    int commands, command = 0;
    std::cin >> commands;
    while (commands != 0) {
        std::cin >> command;
        heap.push_back({command});
    }
    std::cout << heap.size();
}
