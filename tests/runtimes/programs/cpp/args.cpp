#include <iostream>
#include <span>

int main(int count, char **words) {
    for (auto word : std::span(words, count).subspan(1)) std::cout << word << '\n';
}
