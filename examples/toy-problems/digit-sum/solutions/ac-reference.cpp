#include <iostream>
#include <string>

int main() {
    std::string digits;
    std::cin >> digits;
    int sum = 0;
    for (char c : digits) sum += c - '0';
    std::cout << sum << "\n";
}
