// Prints the right answer and then leaves with status one: run-time error, however right the output.
#include <iostream>

int main() {
    int month, day;
    std::cin >> month >> day;
    const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    std::cout << ((before[month - 1] + day) % 7 == 5 ? "V50" : "No") << std::endl;
    return 1;
}
