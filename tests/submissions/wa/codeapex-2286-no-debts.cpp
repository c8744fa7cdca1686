// Starts its search for the lowest price at zero, blind to prices below: wrong answer on one sample of three.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int days;
    std::cin >> days;
    std::vector<int> price(days);
    for (int& p : price) std::cin >> p;
    int worst = 0;
    for (int i = 0; i < days; ++i)
        for (int j = i; j < days; ++j) worst = std::max(worst, price[i] - std::max(price[j], 0));
    std::cout << worst;
}
