#include <iostream>

int main() {
    for (;;) std::cout << "and another line\n";
}
