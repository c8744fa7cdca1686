// Ignores its blank input and prints one word three times: accepted.
#include <cstdio>

int main() {
    int left = 3;
    while (left-- > 0) std::puts("biu");
}
