// Precomputes every sum of two numbers, each usable again, and answers a query with one search per third: accepted.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int count, queries;
    std::cin >> count >> queries;
    std::vector<long long> value(count), pair;
    for (auto& v : value) std::cin >> v;
    for (const auto a : value)
        for (const auto b : value) pair.push_back(a + b);
    std::sort(pair.begin(), pair.end());
    pair.erase(std::unique(pair.begin(), pair.end()), pair.end());
    while (queries-- > 0) {
        long long target;
        std::cin >> target;
        const bool found = std::any_of(value.begin(), value.end(), [&](long long v) {
            return std::binary_search(pair.begin(), pair.end(), target - v);
        });
        std::cout << (found ? "Yes\n" : "No\n");
    }
}
