// Halves the interval a fixed hundred times, far below the error asked for: accepted.
#include <cstdio>

double cubic(double x) { return ((2 * x - 4) * x + 3) * x - 6; }

int main() {
    double low, high;
    if (std::scanf("%lf %lf", &low, &high) != 2) return 1;
    for (int i = 0; i < 100; ++i) {
        const double middle = (low + high) / 2;
        (cubic(middle) < 0 ? low : high) = middle;
    }
    std::printf("%.6f\n", high);
}
