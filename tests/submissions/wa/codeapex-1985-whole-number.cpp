// Cuts the area to a whole number before it prints: wrong answer by rounding.
#include <cmath>
#include <cstdio>

int main() {
    int a, b, c;
    if (std::scanf("%d %d %d", &a, &b, &c) != 3) return 1;
    const int s = (a + b + c) / 2;
    std::printf("%d", static_cast<int>(std::sqrt(s * (s - a) * (s - b) * (s - c))));
}
