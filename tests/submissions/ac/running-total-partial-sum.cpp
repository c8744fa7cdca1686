// Leaves the sums to the standard library, stream to stream: accepted.
#include <cstdint>
#include <iostream>
#include <iterator>
#include <numeric>

int main() {
    int count;
    std::cin >> count;
    using In = std::istream_iterator<std::int64_t>;
    std::partial_sum(In(std::cin), In(), std::ostream_iterator<std::int64_t>(std::cout, "\n"));
}
