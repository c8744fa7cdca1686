// Turns the digits like an odometer and prints every reading; ten seconds are allowed, none is needed: accepted.
#include <iostream>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    std::vector<int> digit(n, 1);
    for (int place = 0; place >= 0;) {
        for (int i = 0; i < n; ++i) std::cout << digit[i] << (i + 1 < n ? ' ' : '\n');
        place = n - 1;
        while (place >= 0 && digit[place] == n) digit[place--] = 1;
        if (place >= 0) ++digit[place];
    }
}
