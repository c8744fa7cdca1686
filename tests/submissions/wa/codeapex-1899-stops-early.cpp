// Searches up to 400 only and so misses the last number: wrong answer to a problem without input.
#include <iostream>

int main() {
    for (int i = 100; i < 400; ++i) {
        const int a = i / 100, b = i / 10 % 10, c = i % 10;
        if (a * a * a + b * b * b + c * c * c == i) std::cout << i << ' ';
    }
}
