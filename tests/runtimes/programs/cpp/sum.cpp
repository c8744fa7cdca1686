#include <cstdint>
#include <iostream>
#include <iterator>
#include <numeric>

int main() {
    using numbers = std::istream_iterator<std::int64_t>;
    std::cout << std::accumulate(numbers(std::cin), numbers(), std::int64_t{0}) << '\n';
}
