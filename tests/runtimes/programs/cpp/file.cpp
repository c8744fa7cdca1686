#include <fstream>
#include <iostream>

int main() {
    std::ofstream("scratch.txt") << "written and read\n";
    std::cout << std::ifstream("scratch.txt").rdbuf();
}
