#include <iostream>
#include <iterator>
#include <numeric>

int main() {
    std::ios::sync_with_stdio(false);
    std::istream_iterator<long long> begin(std::cin), end;
    std::cout << std::accumulate(begin, end, 0LL) << '\n';
}
