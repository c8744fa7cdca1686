// Asks for a vector of minus one elements: run-time error by an uncaught length error.
#include <iostream>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    const int digits = n > 9 ? n : -1;
    std::vector<int> digit(static_cast<std::size_t>(digits));
    for (const int d : digit) std::cout << d << ' ';
}
