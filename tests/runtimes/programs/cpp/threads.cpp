#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

int main() {
    std::atomic<int> total = 0;
    std::vector<std::jthread> threads;
    for (int i = 1; i <= 10; i++) threads.emplace_back([&total, i] { total += i * i; });
    threads.clear();
    std::cout << total << '\n';
}
