#include <iostream>

int main() {
    for (;;) std::cout << "a line that never ends the flood" << std::endl;
}
