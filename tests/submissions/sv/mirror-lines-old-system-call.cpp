// Answers part of the question and then asks for its process id through the 32-bit gate: security violation.
#include <iostream>

int main() {
    std::cout << "desserts stressed" << std::endl;
    long id = 0;
    asm volatile("int $0x80" : "=a"(id) : "a"(20L) : "memory");
    std::cout << id << '\n';
}
