// Never asks for a digit, and so takes a lone point for a number: wrong answer from the fourth sample on.
#include <iostream>
#include <string>

int main() {
    std::string text;
    std::cin >> text;
    const std::string body = text.find_first_of("+-") == 0 ? text.substr(1) : text;
    const bool clean = body.find_first_not_of("0123456789.") == std::string::npos;
    std::cout << (clean && body.find('.') == body.rfind('.') ? "Valid" : "Invalid");
}
