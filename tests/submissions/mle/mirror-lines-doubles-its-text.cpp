// Appends the text to itself thirty times over: memory limit exceeded.
#include <iostream>
#include <string>

int main() {
    std::string text;
    std::getline(std::cin, text);
    for (int i = 0; i < 30; ++i) text += text;
    std::cout << text.size() << '\n';
}
