// Counts for every threshold how many rises cross it with a difference array, linear in the input: accepted.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int count;
    std::cin >> count;
    std::vector<int> change(10'002);
    int previous = 0;
    for (int i = 0; i < count; ++i) {
        int height;
        std::cin >> height;
        if (height > previous) {  // thresholds previous+1 .. height begin a segment here
            ++change[previous + 1];
            --change[height + 1];
        }
        previous = height;
    }
    int best = 0, segments = 0;
    for (int threshold = 1; threshold <= 10'000; ++threshold) best = std::max(best, segments += change[threshold]);
    std::cout << best;
}
