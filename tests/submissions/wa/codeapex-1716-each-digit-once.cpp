// Lists permutations although the problem lets digits repeat: wrong answer.
#include <algorithm>
#include <iostream>
#include <numeric>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    std::vector<int> digit(n);
    std::iota(digit.begin(), digit.end(), 1);
    do {
        for (int i = 0; i < n; ++i) std::cout << digit[i] << (i + 1 < n ? ' ' : '\n');
    } while (std::next_permutation(digit.begin(), digit.end()));
}
