// Recurses for as long as a counter is not negative and overruns a stack of 8 MB long before the memory limit: run-time error.
#include <iostream>

int depth(volatile int* above) {
    volatile int here[64] = {*above + 1};
    return here[0] < 0 ? 0 : depth(here) + here[0];
}

int main() {
    int rows;
    std::cin >> rows;
    volatile int start = rows;
    std::cout << depth(&start) << '\n';
}
