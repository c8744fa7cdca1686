#include <iostream>
#include <set>

int main() {
    int n, value;
    std::cin >> n;
    std::set<int> seen;
    while (n-- > 0) {
        std::cin >> value;
        seen.insert(value);
    }
    std::cout << seen.size() << "\n";
}
