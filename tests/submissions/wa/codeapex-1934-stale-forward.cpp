// Keeps the pages ahead when a new one is visited, and goes forward to a past that is gone: wrong answer.
#include <iostream>
#include <string>
#include <vector>

int main() {
    int operations;
    std::cin >> operations;
    std::vector<std::string> back, forward;
    std::string operation, page;
    while (operations-- > 0) {
        std::cin >> operation;
        if (operation == "v") {
            std::cin >> page;
            back.push_back(page);
        } else if (operation == "b" && back.size() > 1) {
            forward.push_back(back.back());
            back.pop_back();
        } else if (operation == "f" && !forward.empty()) {
            back.push_back(forward.back());
            forward.pop_back();
        } else {
            std::cout << "?\n";
            continue;
        }
        std::cout << back.back() << '\n';
    }
}
