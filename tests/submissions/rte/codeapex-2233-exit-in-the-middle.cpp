// Answers the first question and calls exit with the number of those left: run-time error.
#include <cstdlib>
#include <iostream>

int main() {
    int count, queries;
    std::cin >> count >> queries;
    std::cout << "Yes\n";
    std::exit(queries - 1);
}
