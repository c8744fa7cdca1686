// Promises the compiler that an int has eight bytes: compile error by a static assertion.
#include <iostream>

static_assert(sizeof(int) == 8, "sums would overflow");

int main() { std::cout << "No"; }
