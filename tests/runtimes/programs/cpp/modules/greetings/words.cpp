#include "words.hpp"

std::string greetings::words() { return "from a module"; }
