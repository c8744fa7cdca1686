// Goes on adding the last number when there are no more: output limit exceeded.
#include <iostream>
#include <string>

int main() {
    long long left, number = 0, sum = 0;
    std::cin >> left;
    for (;;) {
        std::cin >> number;
        sum += number;
        std::cout << "after " << std::string(200, '.') << ' ' << sum << '\n';
    }
}
