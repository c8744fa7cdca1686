// Halves until both ends are equal, which floating-point neighbours never become: time limit exceeded.
#include <cstdio>

int main() {
    double low, high;
    if (std::scanf("%lf %lf", &low, &high) != 2) return 1;
    unsigned long long rounds = 0;
    while (low < high) {
        const double middle = (low + high) / 2;
        if (2 * middle * middle * middle - 4 * middle * middle + 3 * middle - 6 < 0)
            low = middle;
        else
            high = middle;
        ++rounds;
    }
    std::printf("%.6f %llu\n", low, rounds);
}
