#include <cctype>
#include <iostream>
#include <string>

int main() {
    std::string word;
    std::cin >> word;
    for (char& c : word) c = std::toupper(c);
    std::cout << word << "\n";
}
