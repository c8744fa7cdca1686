// Unlinks every fallen soldier from a doubly linked list held in two arrays: accepted.
#include <iostream>
#include <string>
#include <vector>

int main() {
    int soldiers, fallen;
    std::cin >> soldiers >> fallen;
    std::vector<int> left(soldiers + 2), right(soldiers + 2);
    for (int i = 0; i <= soldiers + 1; ++i) left[i] = i - 1, right[i] = i + 1;
    const auto name = [&](int i) { return i < 1 || i > soldiers ? std::string("*") : std::to_string(i); };
    while (fallen-- > 0) {
        int soldier;
        std::cin >> soldier;
        const int l = left[soldier], r = right[soldier];
        right[l] = r;
        left[r] = l;
        std::cout << name(l) << ' ' << name(r) << '\n';
    }
}
