// Loops while scanf is not zero, which the end of input is not either, and repeats the last tree: output limit exceeded.
#include <cstdio>
#include <string>

int main() {
    char pre[30] = "", in[30] = "";
    std::string answer;
    while (std::scanf("%29s%29s", pre, in)) {
        answer.assign(2000, pre[0]);
        std::puts(answer.c_str());
    }
}
