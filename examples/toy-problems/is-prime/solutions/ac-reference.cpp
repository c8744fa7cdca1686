#include <iostream>

int main() {
    int n;
    std::cin >> n;
    bool prime = n > 1;
    for (long long d = 2; d * d <= n; ++d) {
        if (n % d == 0) prime = false;
    }
    std::cout << (prime ? "yes" : "no") << "\n";
}
