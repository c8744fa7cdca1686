// Looks for a whole word without regard to case, the word standing in the first line: accepted.
#include <algorithm>
#include <cctype>
#include <iostream>
#include <string>

std::string lower_line() {
    std::string line;
    std::getline(std::cin, line);
    std::transform(line.begin(), line.end(), line.begin(), [](unsigned char c) { return std::tolower(c); });
    return line;
}

int main() {
    const std::string word = ' ' + lower_line() + ' ';
    const std::string text = ' ' + lower_line() + ' ';
    int times = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++times;
    if (times == 0)
        std::cout << -1;
    else
        std::cout << times << ' ' << text.find(word);
}
