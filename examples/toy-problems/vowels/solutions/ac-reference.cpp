#include <iostream>
#include <string>

int main() {
    std::string word, vowels = "aeiou";
    std::cin >> word;
    int count = 0;
    for (char c : word) {
        if (vowels.find(c) != std::string::npos) ++count;
    }
    std::cout << count << "\n";
}
