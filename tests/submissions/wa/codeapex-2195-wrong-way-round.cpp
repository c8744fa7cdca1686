// Walks every diagonal in the other direction, so that only fractions in the middle keep their rank: wrong answer.
#include <iostream>

int main() {
    long long numerator, denominator;
    std::cin >> numerator >> denominator;
    const long long diagonal = numerator + denominator - 1;
    std::cout << diagonal * (diagonal - 1) / 2 + (diagonal % 2 == 0 ? denominator : numerator);
}
