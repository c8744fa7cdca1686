// Throws its answer as an exception and never catches it: run-time error.
#include <iostream>

int saturate(long long value) { throw static_cast<int>(value); }

int main() {
    long long value;
    std::cin >> value;
    std::cout << saturate(value);
}
