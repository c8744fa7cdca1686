// Delivers the function alone and no main: compile error from the linker.
#include <iostream>

void print_permutations(int n) {
    for (int a = 1; a <= n; ++a)
        for (int b = 1; b <= n; ++b) std::cout << a << ' ' << b << '\n';
}
