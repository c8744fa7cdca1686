#include <string>

namespace greetings {
std::string greeting();
}
