// Fills 120 MB to check thirteen characters, where 50 MB are allowed: memory limit exceeded.
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

int main() {
    std::string number;
    std::cin >> number;
    std::vector<long long> weight(15'000'000);
    std::iota(weight.begin(), weight.end(), 1);
    long long sum = 0;
    for (std::size_t i = 0; i < weight.size(); ++i) sum += weight[i] * number[i % number.size()];
    std::cout << (sum % 11 == 4 ? "Right" : number);
}
