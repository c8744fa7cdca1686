// Keeps the smallest last element for each length and finds its place by bisection: accepted.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int count, value;
    std::cin >> count;
    std::vector<int> last;
    while (std::cin >> value) {
        const auto place = std::lower_bound(last.begin(), last.end(), value);
        if (place == last.end())
            last.push_back(value);
        else
            *place = value;
    }
    std::cout << last.size();
}
