// Correct, and cubic: 20 billion additions for 5,000 rounds.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    std::vector<long> scores(n);
    for (auto& score : scores) std::cin >> score;
    long best = scores[0];
    for (int begin = 0; begin < n; begin++)
        for (int end = begin; end < n; end++) {
            long sum = 0;
            for (int i = begin; i <= end; i++) sum += scores[i];
            best = std::max(best, sum);
        }
    std::cout << best << '\n';
}
