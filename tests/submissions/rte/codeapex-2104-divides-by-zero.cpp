// Counts a factor of the denominator from zero: run-time error by an integer division.
#include <iostream>

int main() {
    volatile long long n, m;
    long long a, b;
    std::cin >> a >> b;
    n = a;
    m = b;
    long long result = 1;
    for (long long i = 0; i < m; ++i) result = result * (n - i) / i;
    std::cout << result;
}
