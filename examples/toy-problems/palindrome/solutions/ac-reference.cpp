#include <algorithm>
#include <iostream>
#include <string>

int main() {
    std::string word;
    std::cin >> word;
    std::string back = word;
    std::reverse(back.begin(), back.end());
    std::cout << (word == back ? "yes" : "no") << "\n";
}
