#include <fstream>
#include <iostream>
#include <string>

int main() {
    std::ofstream("scratch.txt") << "written and read\n";
    std::ifstream file("scratch.txt");
    std::string line;
    std::getline(file, line);
    std::cout << line << '\n';
}
