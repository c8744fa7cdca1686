// Pads the sequence to fifty numbers and tries every subset of them: time limit exceeded.
#include <algorithm>
#include <iostream>

int main() {
    int count, value[50] = {};
    std::cin >> count;
    for (int i = 0; i < count; ++i) std::cin >> value[i];
    int best = 0;
    for (unsigned long long subset = 0; subset < 1ULL << 50; ++subset) {
        int last = -1, length = 0;
        for (int i = 0; i < 50 && length >= 0; ++i)
            if (subset >> i & 1) length = value[i] > last ? (last = value[i], length + 1) : -1;
        best = std::max(best, length);
    }
    std::cout << best;
}
