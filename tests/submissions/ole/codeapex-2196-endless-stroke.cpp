// Lets the length of a row wrap around below zero and prints a row of gigabytes: output limit exceeded.
#include <cstdio>

int main() {
    unsigned size;
    if (std::scanf("%u", &size) != 1) return 1;
    for (unsigned row = size; row >= 0u; --row)
        std::printf("**%*s\n", static_cast<int>(row % 4096), "*");
}
