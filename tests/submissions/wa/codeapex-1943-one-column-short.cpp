// Pads to seven columns where eight are wanted: the same numbers, and a wrong answer by a blank.
#include <iomanip>
#include <iostream>

int main() {
    int a, b, c;
    std::cin >> a >> b >> c;
    std::cout << std::setw(7) << a << ' ' << std::setw(7) << b << ' ' << std::setw(7) << c;
}
