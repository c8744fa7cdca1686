#pragma once

#include <string>

namespace greetings {
std::string words();
}
