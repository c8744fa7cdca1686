// Answers each question by bisection, counting positions from one: accepted.
#include <algorithm>
#include <cstdio>
#include <vector>

int main() {
    int count, questions;
    if (std::scanf("%d %d", &count, &questions) != 2) return 1;
    std::vector<int> sorted(count);
    for (int& value : sorted)
        if (std::scanf("%d", &value) != 1) return 1;
    for (int wanted; questions-- > 0 && std::scanf("%d", &wanted) == 1;) {
        const auto at = std::lower_bound(sorted.begin(), sorted.end(), wanted);
        std::printf("%td\n", at != sorted.end() && *at == wanted ? at - sorted.begin() + 1 : -1);
    }
}
