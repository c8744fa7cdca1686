// Lets the two pointers meet, so that one number may be used twice: wrong answer on the last sample only.
#include <iostream>
#include <vector>

int main() {
    int count, target;
    std::cin >> count;
    std::vector<int> value(count);
    for (int& v : value) std::cin >> v;
    std::cin >> target;
    int left = 0, right = count - 1;
    while (left <= right) {
        const int sum = value[left] + value[right];
        if (sum == target) {
            std::cout << "Yes";
            return 0;
        }
        sum < target ? ++left : --right;
    }
    std::cout << "No";
}
