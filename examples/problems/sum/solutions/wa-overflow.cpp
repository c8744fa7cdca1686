#include <iostream>

int main() {
    int n, sum = 0;
    std::cin >> n;
    while (n--) {
        long long each;
        std::cin >> each;
        sum += static_cast<int>(each);
    }
    std::cout << sum << "\n";
}
