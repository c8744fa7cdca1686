// Peels off a sign, digits, a point and digits, and wants nothing left over: accepted on all five samples.
#include <cctype>
#include <iostream>
#include <string>

int main() {
    std::string text;
    std::cin >> text;
    std::size_t at = 0;
    int digits = 0;
    const auto skip_digits = [&] {
        while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]))) ++at, ++digits;
    };
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    skip_digits();
    if (at < text.size() && text[at] == '.') ++at;
    skip_digits();
    std::cout << (at == text.size() && digits > 0 ? "Valid" : "Invalid") << std::endl;
}
