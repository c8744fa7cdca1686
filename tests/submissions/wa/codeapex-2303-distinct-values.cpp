// Counts equal substrings once: right where all differ, wrong answer on the number of four ones.
#include <iostream>
#include <set>
#include <string>

int main() {
    std::string digits;
    std::cin >> digits;
    std::set<std::string> multiples;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        int sum = 0;
        for (std::size_t j = i; j < digits.size(); ++j) {
            sum += digits[j] - '0';
            if (sum % 3 == 0) multiples.insert(digits.substr(i, j - i + 1));
        }
    }
    std::cout << multiples.size();
}
