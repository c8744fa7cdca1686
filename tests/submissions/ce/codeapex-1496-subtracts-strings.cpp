// Subtracts one string from another as if they were numbers: compile error by type.
#include <iostream>
#include <string>

int main() {
    std::string large, small;
    std::cin >> large >> small;
    std::cout << large - small;
}
