// Counts pairs of prefixes with equal digit sums modulo three, in one pass over the digits: accepted.
#include <iostream>

int main() {
    long long seen[3] = {1, 0, 0}, pairs = 0;
    int sum = 0;
    for (char digit; std::cin >> digit;) {
        sum = (sum + digit - '0') % 3;
        pairs += seen[sum]++;
    }
    std::cout << pairs << '\n';
}
