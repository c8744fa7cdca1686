#include <iostream>

int main() {
    int n;
    std::cin >> n;
    long long a = 0, b = 1;
    while (n-- > 0) {
        long long next = a + b;
        a = b;
        b = next;
    }
    std::cout << a << "\n";
}
