// Draws three summands at random until they fit, and one question has no answer: over a limit of two seconds.
#include <iostream>
#include <random>
#include <vector>

int main() {
    int count, queries;
    std::cin >> count >> queries;
    std::vector<long long> value(count);
    for (auto& v : value) std::cin >> v;
    std::mt19937 random(9);
    while (queries-- > 0) {
        long long target, sum;
        std::cin >> target;
        do sum = value[random() % count] + value[random() % count] + value[random() % count];
        while (sum != target);
        std::cout << "Yes\n";
    }
}
