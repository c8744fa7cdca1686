// Puts a single blank between the strokes everywhere: the same words, yet a wrong picture and a wrong answer.
#include <cstdlib>
#include <iostream>
#include <string>

int main() {
    int size;
    std::cin >> size;
    for (int row = -size; row <= size; ++row)
        std::cout << (row == 0 ? "***" : "** " + std::string(std::abs(row), '*')) << '\n';
}
