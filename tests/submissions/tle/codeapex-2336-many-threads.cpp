// Shares the work among eight threads, none of which needs the whole time alone: together they exceed the CPU limit.
#include <chrono>
#include <ctime>
#include <iostream>
#include <thread>
#include <vector>

void burn() {
    timespec spent{};
    do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    while (spent.tv_sec == 0 && spent.tv_nsec < 700'000'000);
}

int main() {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back(burn);
    for (auto& thread : threads) thread.join();
    std::cout << "A->C\n";
}
