// Pads three numbers to eight columns; a longer number pushes the rest to the right: accepted.
#include <cstdio>

int main() {
    int a, b, c;
    if (std::scanf("%d %d %d", &a, &b, &c) != 3) return 1;
    std::printf("%8d %8d %8d", a, b, c);
}
