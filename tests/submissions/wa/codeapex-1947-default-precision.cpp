// Prints a length with the stream's default of six digits, so that 5 lacks its decimals: wrong answer.
#include <cmath>
#include <iostream>

int main() {
    float x1, y1, x2, y2;
    std::cin >> x1 >> y1 >> x2 >> y2;
    std::cout << std::sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1));
}
