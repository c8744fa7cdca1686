// Asks the string for the character behind its last one; the exception is caught by nobody: run-time error.
#include <iostream>
#include <string>

int main() {
    std::string text;
    std::cin >> text;
    std::size_t at = 0;
    while (text.at(at) != '\0') ++at;
    std::cout << (at == text.size() ? "Valid" : "Invalid");
}
