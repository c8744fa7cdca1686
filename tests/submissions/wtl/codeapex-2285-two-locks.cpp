// Lets two threads take two locks in opposite order and wait for each other: wall clock limit exceeded.
#include <barrier>
#include <iostream>
#include <mutex>
#include <thread>

std::mutex left, right;
std::barrier both_hold_one(2);

void report(std::mutex& first, std::mutex& second) {
    const std::lock_guard hold(first);
    both_hold_one.arrive_and_wait();
    const std::lock_guard wait(second);
    std::cout << "2 4\n";
}

int main() {
    std::thread other(report, std::ref(right), std::ref(left));
    report(left, right);
    other.join();
}
