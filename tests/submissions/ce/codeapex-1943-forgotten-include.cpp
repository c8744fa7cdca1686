// Uses a manipulator without including its header: compile error by an unknown name.
#include <iostream>

int main() {
    int number;
    while (std::cin >> number) std::cout << std::setw(8) << number << ' ';
}
