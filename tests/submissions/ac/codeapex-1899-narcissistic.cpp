// Needs no input at all and finds the four numbers by their digits: accepted.
#include <iostream>

int main() {
    for (int a = 1; a <= 9; ++a)
        for (int b = 0; b <= 9; ++b)
            for (int c = 0; c <= 9; ++c)
                if (a * a * a + b * b * b + c * c * c == 100 * a + 10 * b + c) std::cout << a << b << c << ' ';
}
