// Writes far behind an array of ten numbers: run-time error by a segmentation fault.
#include <iostream>

int values[10];

int main() {
    int count;
    std::cin >> count;
    int* volatile end = values;
    for (long long i = 0; i < 1'000'000'000; i += 100'000) end[i] = count;
    std::cout << (values[count] != 0 ? "Yes" : "No");
}
