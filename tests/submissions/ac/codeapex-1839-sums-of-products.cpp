// Evaluates each line of input, although the given frame reads only one, keeping the last four digits: accepted.
#include <iostream>
#include <sstream>
#include <string>

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        if (line.empty()) continue;
        std::istringstream in(line);
        long long number, product = 1, sum = 0;
        in >> number;
        product = number % 10'000;
        for (char sign; in >> sign >> number;) {
            if (sign == '*') {
                product = product * (number % 10'000) % 10'000;
            } else {
                sum += product;
                product = number % 10'000;
            }
        }
        std::cout << (sum + product) % 10'000 << '\n';
    }
}
