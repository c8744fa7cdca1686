#include <algorithm>
#include <climits>
#include <iostream>

int main() {
    int n, value, best = INT_MIN;
    std::cin >> n;
    for (int i = 0; i < n; ++i) {
        std::cin >> value;
        best = std::max(best, value);
        std::cout << best << " ";
    }
    std::cout << "\n";
}
