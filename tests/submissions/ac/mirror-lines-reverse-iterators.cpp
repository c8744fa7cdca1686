// Builds each line anew from its reverse iterators: accepted.
#include <iostream>
#include <string>

int main() {
    for (std::string line; std::getline(std::cin, line);) std::cout << std::string(line.rbegin(), line.rend()) << '\n';
}
