// Uses that the k-th code is k xor k/2, in unsigned 64-bit numbers for up to 64 places: accepted.
#include <iostream>

int main() {
    int places;
    unsigned long long index;
    std::cin >> places >> index;
    index ^= index >> 1;
    while (places-- > 0) std::cout << (index >> places & 1);
}
