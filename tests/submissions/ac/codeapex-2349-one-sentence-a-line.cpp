// Breaks a text after each full stop and drops the blank that follows it: accepted.
#include <iostream>
#include <string>

int main() {
    for (std::string sentence; std::getline(std::cin >> std::ws, sentence, '.');) std::cout << sentence << ".\n";
}
