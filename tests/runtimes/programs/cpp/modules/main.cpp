#include <iostream>

#include "greetings/words.hpp"

int main() { std::cout << greetings::greeting() << '\n'; }
