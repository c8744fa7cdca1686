#define A(x) x x x x x x x x x x
#define B(x) A(A(A(A(A(x)))))
int main(void) { int i = 0; B(B(i++;)) return i; }
