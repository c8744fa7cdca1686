// Shuffles all twenty-factorial orders of its vertices to find the first that fits, in system calls: time limit exceeded.
#include <algorithm>
#include <numeric>
#include <unistd.h>
#include <vector>

int main() {
    std::vector<int> order(20);
    std::iota(order.begin(), order.end(), 1);
    const int nowhere = -1;
    while (std::next_permutation(order.begin(), order.end())) write(nowhere, order.data(), order.size());
    return order[0];
}
