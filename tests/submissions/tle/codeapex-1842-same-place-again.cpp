// Searches on from the place of the last find and finds it again for ever: time limit exceeded.
#include <iostream>
#include <string>

int main() {
    std::string word, text;
    std::getline(std::cin, word);
    std::getline(std::cin, text);
    unsigned long long times = 0;
    for (std::size_t at = 0; (at = text.find("to", at)) != std::string::npos;) ++times;
    std::cout << times << ' ' << text.find(word);
}
