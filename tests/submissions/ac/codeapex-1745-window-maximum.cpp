// Keeps a falling queue of candidates, so that every number enters and leaves once: accepted.
#include <deque>
#include <iostream>
#include <utility>

int main() {
    int count, width;
    std::cin >> count >> width;
    std::deque<std::pair<int, int>> falling;  // value, index
    for (int i = 0; i < count; ++i) {
        int value;
        std::cin >> value;
        while (!falling.empty() && falling.back().first <= value) falling.pop_back();
        falling.emplace_back(value, i);
        if (falling.front().second <= i - width) falling.pop_front();
        if (i + 1 >= width) std::cout << falling.front().first << ' ';
    }
}
