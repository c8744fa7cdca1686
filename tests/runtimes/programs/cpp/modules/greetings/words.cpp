#include "words.hpp"

std::string greetings::greeting() { return "from a module"; }
