// Subtracts two 500-digit numbers column by column with a borrow and drops the zeros in front: accepted.
#include <algorithm>
#include <iostream>
#include <string>

int main() {
    std::string large, small;
    std::cin >> large >> small;
    std::reverse(large.begin(), large.end());
    std::reverse(small.begin(), small.end());
    small.resize(large.size(), '0');
    int borrow = 0;
    for (std::size_t i = 0; i < large.size(); ++i) {
        int digit = large[i] - small[i] - borrow;
        borrow = digit < 0;
        large[i] = static_cast<char>('0' + digit + 10 * borrow);
    }
    while (large.size() > 1 && large.back() == '0') large.pop_back();
    std::reverse(large.begin(), large.end());
    std::cout << large;
}
