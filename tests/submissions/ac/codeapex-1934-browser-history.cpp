// Replays a browser's history with one list and a cursor; a visit cuts off what lay ahead: accepted.
#include <iostream>
#include <string>
#include <vector>

int main() {
    int operations;
    std::cin >> operations;
    std::vector<std::string> pages;
    std::size_t at = 0;  // pages[at - 1] is open
    while (operations-- > 0) {
        char operation;
        std::cin >> operation;
        bool ignored = false;
        if (operation == 'v') {
            std::string page;
            std::cin >> page;
            pages.resize(at++);
            pages.push_back(page);
        } else if (operation == 'b') {
            ignored = at < 2;
            at -= !ignored;
        } else {
            ignored = at == pages.size();
            at += !ignored;
        }
        std::cout << (ignored ? "?" : pages[at - 1]) << '\n';
    }
}
