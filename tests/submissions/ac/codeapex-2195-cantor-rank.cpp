// Jumps to the start of the fraction's diagonal by a formula instead of walking there: accepted.
#include <iostream>

int main() {
    long long numerator, denominator;
    std::cin >> numerator >> denominator;
    const long long diagonal = numerator + denominator - 1;
    const long long before = diagonal * (diagonal - 1) / 2;
    // Odd diagonals are walked from the bottom left, even ones from the top right.
    std::cout << before + (diagonal % 2 == 0 ? numerator : denominator) << '\n';
}
