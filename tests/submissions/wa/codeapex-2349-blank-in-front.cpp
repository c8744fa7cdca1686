// Breaks the text after each full stop but keeps the blank that followed it: wrong answer by leading white space.
#include <iostream>
#include <string>

int main() {
    for (std::string sentence; std::getline(std::cin, sentence, '.');)
        if (sentence.find_first_not_of(" \n") != std::string::npos) std::cout << sentence << ".\n";
}
