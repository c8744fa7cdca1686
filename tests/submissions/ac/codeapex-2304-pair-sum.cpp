// Closes in from both ends of a sorted local array of 4 MB, which must fit on the stack: accepted.
#include <iostream>

int main() {
    int values[1'000'000];
    int count, target;
    std::cin >> count;
    for (int i = 0; i < count; ++i) std::cin >> values[i];
    std::cin >> target;
    int left = 0, right = count - 1;
    while (left < right && values[left] + values[right] != target) {
        if (values[left] + values[right] < target)
            ++left;
        else
            --right;
    }
    std::cout << (left < right ? "Yes" : "No");
}
