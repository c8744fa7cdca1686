// Waits on a condition that no thread ever reports: wall clock limit exceeded.
#include <condition_variable>
#include <iostream>
#include <mutex>

int main() {
    std::mutex mutex;
    std::condition_variable ready;
    std::unique_lock lock(mutex);
    volatile bool done = false;
    ready.wait(lock, [&] { return done; });
    std::cout << 0 << '\n';
}
