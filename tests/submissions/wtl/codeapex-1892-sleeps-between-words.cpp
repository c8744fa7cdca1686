// Waits an hour before each word and spends no CPU time doing so: wall clock limit exceeded.
#include <chrono>
#include <iostream>
#include <thread>

int main() {
    for (int i = 0; i < 3; ++i) {
        std::this_thread::sleep_for(std::chrono::hours(1));
        std::cout << "biu" << std::endl;
    }
}
