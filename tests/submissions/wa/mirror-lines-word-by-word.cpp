// Reads words and joins them with one blank: right for plain sentences, wrong answer where gaps are wider.
#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string mirrored;
        for (std::string word; words >> word;) {
            std::reverse(word.begin(), word.end());
            mirrored = mirrored.empty() ? word : word + ' ' + mirrored;
        }
        std::cout << mirrored << '\n';
    }
}
