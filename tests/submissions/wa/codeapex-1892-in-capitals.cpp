// Prints the three words in capital letters: wrong answer, for the comparison keeps case apart.
#include <iostream>

int main() {
    for (int i = 0; i < 3; ++i) std::cout << "BIU" << std::endl;
}
