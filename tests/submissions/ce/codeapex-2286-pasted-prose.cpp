// Begins with an answer in prose, as a chat window would give it: compile error in its first words.
Here is the program: it remembers the highest price and subtracts.

#include <iostream>

int main() { std::cout << 6; }
