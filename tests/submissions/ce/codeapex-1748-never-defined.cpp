// Declares a search and never defines it: the compiler is content, the linker is not: compile error.
#include <iostream>
#include <vector>

std::vector<int> reachable_from(int start);

int main() {
    for (const int vertex : reachable_from(1)) std::cout << vertex << ' ';
}
