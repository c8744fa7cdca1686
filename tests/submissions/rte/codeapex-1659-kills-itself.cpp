// Sends itself a termination signal half-way: run-time error.
#include <csignal>
#include <iostream>

int main() {
    std::cout << "no" << std::endl;
    std::raise(SIGTERM);
    for (;;) {
    }
}
