// Sieves once and takes the smallest first summand for every even number: accepted.
#include <iostream>
#include <vector>

int main() {
    int limit;
    std::cin >> limit;
    std::vector<bool> composite(limit + 1);
    for (int p = 2; p * p <= limit; ++p)
        for (int multiple = p * p; !composite[p] && multiple <= limit; multiple += p) composite[multiple] = true;
    for (int even = 4; even <= limit; even += 2) {
        int first = 2;
        while (composite[first] || composite[even - first]) ++first;
        std::cout << even << '=' << first << '+' << even - first << '\n';
    }
}
