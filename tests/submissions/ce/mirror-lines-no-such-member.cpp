// Calls a member function that strings do not have: compile error.
#include <iostream>
#include <string>

int main() {
    for (std::string line; std::getline(std::cin, line);) std::cout << line.reversed() << '\n';
}
