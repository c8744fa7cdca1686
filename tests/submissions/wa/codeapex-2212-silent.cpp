// Computes the answer and never prints it: wrong answer with an empty output and a clean exit.
#include <iostream>
#include <string>

int main() {
    int rows, columns;
    std::cin >> rows >> columns;
    bool empty = true;
    for (std::string line; std::cin >> line;) empty = empty && line.find('*') == std::string::npos;
    return empty && rows < 0 ? 1 : 0;
}
