// Reads with gets, which C++ has dropped: compile error.
#include <cstdio>

int main() {
    char line[1000];
    while (std::gets(line) != nullptr) std::puts(line);
}
