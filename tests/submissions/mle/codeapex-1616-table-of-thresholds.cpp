// Tabulates every threshold for the longest input allowed, gigabytes of it: memory limit exceeded.
#include <iostream>
#include <memory>
#include <vector>

int main() {
    int count;
    std::cin >> count;
    std::vector<std::unique_ptr<std::vector<int>>> flooded;
    for (int threshold = 1; threshold <= 10'000; ++threshold)
        flooded.push_back(std::make_unique<std::vector<int>>(500'000, threshold));
    std::cout << (*flooded.back())[count];
}
