// Carries the cheapest price so far, older milk growing dearer by a day's storage, in 16 MB of local arrays: accepted.
#include <algorithm>
#include <iostream>

int main() {
    long long price[1'000'001], order[1'000'001];
    long long days, storage;
    std::cin >> days >> storage;
    for (int i = 0; i < days; ++i) std::cin >> price[i] >> order[i];
    long long best = price[0], total = 0;
    for (int i = 0; i < days; ++i) {
        best = std::min(best, price[i]);
        total += best * order[i];
        best += storage;
    }
    std::cout << total;
}
