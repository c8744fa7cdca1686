// Answers at once but fills standard error with a log of what it does: output limit exceeded.
#include <cstdio>
#include <string>

int main() {
    std::puts("8\n7891\n4");
    std::fflush(stdout);
    const std::string entry(4000, '#');
    for (;;) std::fprintf(stderr, "stack is now %s\n", entry.c_str());
}
