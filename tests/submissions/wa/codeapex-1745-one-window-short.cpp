// Ends the loop one window early, an off-by-one at the right border: wrong answer.
#include <algorithm>
#include <iostream>
#include <vector>

int main() {
    int count, width;
    std::cin >> count >> width;
    std::vector<int> value(count);
    for (int& v : value) std::cin >> v;
    for (int i = 0; i < count - width; ++i)
        std::cout << *std::max_element(value.begin() + i, value.begin() + i + width) << ' ';
}
