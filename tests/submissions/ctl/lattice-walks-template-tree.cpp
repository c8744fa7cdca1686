// Lets the compiler grow a binary tree of two to the sixty types, no two alike: compile time limit exceeded.
#include <iostream>

template <unsigned long long Path, int Depth>
struct Walk {
    static constexpr long long ways = Walk<2 * Path, Depth - 1>::ways + Walk<2 * Path + 1, Depth - 1>::ways;
};

template <unsigned long long Path>
struct Walk<Path, 0> {
    static constexpr long long ways = 1;
};

int main() { std::cout << Walk<1, 60>::ways << '\n'; }
