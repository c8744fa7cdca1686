// Fills a one-dimensional knapsack table from the far end, so that no herb is picked twice: accepted.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int time, herbs;
    std::cin >> time >> herbs;
    std::vector<int> best(time + 1);
    while (herbs-- > 0) {
        int cost, value;
        std::cin >> cost >> value;
        for (int t = time; t >= cost; --t) best[t] = std::max(best[t], best[t - cost] + value);
    }
    std::cout << best[time];
}
