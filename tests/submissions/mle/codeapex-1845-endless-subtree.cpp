// Never shortens the text it recurses on, and so fills a stack as large as the memory limit with copies: memory limit exceeded.
#include <iostream>
#include <string>

std::string postorder(const std::string& pre, const std::string& in) {
    const std::string copy(4000, pre[0]);
    return pre.empty() ? "" : postorder(pre, in) + copy;
}

int main() {
    std::string pre, in;
    std::cin >> pre >> in;
    std::cout << postorder(pre, in);
}
