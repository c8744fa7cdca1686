#define E(x) x x x x x x x x x x
int main(void) { E(E(E(E(E(undeclared += "a" * "b"; oops(1 2 3);))))) }
