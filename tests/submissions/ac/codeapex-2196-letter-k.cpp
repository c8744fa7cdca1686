// Draws the letter with the exact number of blanks between its two strokes: accepted.
#include <cstdlib>
#include <iostream>
#include <string>

int main() {
    int size;
    std::cin >> size;
    for (int row = -size; row <= size; ++row) {
        const int distance = std::abs(row);
        if (distance == 0)
            std::cout << "***\n";
        else
            std::cout << "**" << std::string(distance, ' ') << std::string(distance, '*') << '\n';
    }
}
