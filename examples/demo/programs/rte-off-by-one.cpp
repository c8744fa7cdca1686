// Looks one round too far: std::vector::at throws and nobody catches.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    std::vector<long> scores(n);
    for (int i = 0; i < n; i++) std::cin >> scores.at(i);
    long best = scores.at(0);
    for (int i = 0; i < n; i++) {
        scores.at(i + 1) += std::max(0L, scores.at(i));
        best = std::max(best, scores.at(i + 1));
    }
    std::cout << best << '\n';
}
