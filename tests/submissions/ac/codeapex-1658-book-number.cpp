// Checks a book number while holding 30 MB of touched memory, which the 50 MB limit allows: accepted.
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::vector<char> ballast(30'000'000, 1);
    std::string number;
    std::cin >> number;
    int sum = 0, position = 0;
    for (std::size_t i = 0; i + 1 < number.size(); ++i)
        if (number[i] != '-') sum += (number[i] - '0') * (position += ballast[number.size() * 1000 + i]);
    const char check = sum % 11 == 10 ? 'X' : static_cast<char>('0' + sum % 11);
    if (number.back() == check) {
        std::cout << "Right";
    } else {
        number.back() = check;
        std::cout << number;
    }
}
