// Asserts that there is always a page to go back to: run-time error by abort.
#undef NDEBUG
#include <cassert>
#include <iostream>
#include <stack>
#include <string>

int main() {
    int operations;
    std::cin >> operations;
    std::stack<std::string> pages;
    for (std::string operation; operations-- > 0 && std::cin >> operation;) {
        if (operation == "v") pages.push(operation);
        assert(operation == "v" && "only visits are supported");
    }
}
