// The best stretch that ends at i is the sum up to i less the smallest sum before it.
#include <algorithm>
#include <iostream>
#include <limits>

int main() {
    int n;
    std::cin >> n;
    long sum = 0, smallest = 0, best = std::numeric_limits<long>::min();
    for (int score; n-- > 0 && std::cin >> score;) {
        sum += score;
        best = std::max(best, sum - smallest);
        smallest = std::min(smallest, sum);
    }
    std::cout << best << '\n';
}
