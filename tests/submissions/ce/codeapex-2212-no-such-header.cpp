// Includes a header that nobody delivered: compile error.
#include "cellular/automaton.h"

int main() { return Automaton::read().is_still() ? 0 : 1; }
