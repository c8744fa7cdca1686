// Spreads 400 MB over four children, each of which stays below the limit: together they exceed the memory limit.
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sys/wait.h>
#include <unistd.h>

int main() {
    constexpr std::size_t share = 100'000'000;
    for (int child = 0; child < 4; ++child) {
        if (fork() != 0) continue;
        auto* block = static_cast<char*>(std::malloc(share));
        if (block == nullptr) _exit(1);
        std::memset(block, child + 1, share);
        sleep(1);  // long enough for the others to fill theirs
        _exit(block[share / 2]);
    }
    while (wait(nullptr) > 0) {
    }
    std::cout << 4;
}
