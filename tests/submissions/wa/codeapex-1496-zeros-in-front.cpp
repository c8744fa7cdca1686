// Subtracts correctly but leaves the zeros that the borrow made at the front: wrong answer.
#include <iostream>
#include <string>

int main() {
    std::string large, small;
    std::cin >> large >> small;
    small.insert(0, large.size() - small.size(), '0');
    int borrow = 0;
    for (std::size_t i = large.size(); i-- > 0;) {
        const int digit = large[i] - small[i] - borrow;
        borrow = digit < 0;
        large[i] = static_cast<char>('0' + digit + 10 * borrow);
    }
    std::cout << large;
}
