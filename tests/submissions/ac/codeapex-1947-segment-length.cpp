// Takes the length of a segment with hypot and prints three decimals: accepted.
#include <cmath>
#include <cstdio>

int main() {
    double x1, y1, x2, y2;
    if (std::scanf("%lf %lf %lf %lf", &x1, &y1, &x2, &y2) != 4) return 1;
    std::printf("%.3f\n", std::hypot(x2 - x1, y2 - y1));
}
