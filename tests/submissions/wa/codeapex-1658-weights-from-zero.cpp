// Weighs the digits from zero instead of one, a shift that changes the check digit: wrong answer.
#include <iostream>
#include <string>

int main() {
    std::string number;
    std::cin >> number;
    int sum = 0, weight = 0;
    for (std::size_t i = 0; i + 1 < number.size(); ++i)
        if (number[i] != '-') sum += (number[i] - '0') * weight++;
    const char check = "0123456789X"[sum % 11];
    if (number.back() == check)
        std::cout << "Right";
    else
        std::cout << number.substr(0, number.size() - 1) << check;
}
