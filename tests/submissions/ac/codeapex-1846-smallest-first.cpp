// Serves the three commands from a binary heap with fast reading, for a million commands in five seconds: accepted.
#include <functional>
#include <iostream>
#include <queue>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    std::cin.tie(nullptr);
    std::priority_queue<int, std::vector<int>, std::greater<>> heap;
    int commands;
    std::cin >> commands;
    while (commands-- > 0) {
        int command, value;
        std::cin >> command;
        if (command == 1) {
            std::cin >> value;
            heap.push(value);
        } else if (command == 2) {
            std::cout << heap.top() << '\n';
        } else {
            heap.pop();
        }
    }
}
