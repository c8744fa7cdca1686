// Counts upper and lower case letters one at a time, at home in a memory limit of 8 MB: accepted.
#include <cctype>
#include <iostream>

int main() {
    int length, lower = 0, upper = 0;
    std::cin >> length;
    for (int i = 0; i < length; ++i) {
        unsigned char letter;
        std::cin >> letter;
        lower += std::islower(letter) != 0;
        upper += std::isupper(letter) != 0;
    }
    std::cout << lower << '\n' << upper;
}
