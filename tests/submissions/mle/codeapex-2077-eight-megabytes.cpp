// Keeps a table of 40 MB for at most a hundred letters, far over the limit of 8 MB: memory limit exceeded.
#include <cstring>
#include <iostream>

char table[40'000'000];

int main() {
    int length, lower = 0, upper = 0;
    std::cin >> length;
    std::memset(table, length, sizeof table);
    for (int i = 0; i < length; ++i) {
        char letter;
        std::cin >> letter;
        table[letter * 300'000] = 1;
        lower += letter >= 'a' && letter <= 'z';
        upper += letter >= 'A' && letter <= 'Z';
    }
    std::cout << lower << '\n' << upper << '\n' << (table[length] == length ? "" : "!");
}
