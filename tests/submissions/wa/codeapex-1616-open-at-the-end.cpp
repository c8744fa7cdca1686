// Counts a segment only when it falls back to zero, and forgets the one that reaches the end: wrong answer.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int count;
    std::cin >> count;
    std::vector<int> height(count);
    for (int& h : height) std::cin >> h;
    int best = 0;
    for (int threshold = 1; threshold <= 20; ++threshold) {
        int segments = 0;
        for (int i = 1; i < count; ++i) segments += height[i - 1] >= threshold && height[i] < threshold;
        best = std::max(best, segments);
    }
    std::cout << best;
}
