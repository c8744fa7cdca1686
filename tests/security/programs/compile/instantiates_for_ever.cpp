template <unsigned long A, unsigned long B> struct Ackermann { enum : unsigned long { value = Ackermann<A - 1, Ackermann<A, B - 1>::value>::value }; };
template <unsigned long A> struct Ackermann<A, 0> { enum : unsigned long { value = Ackermann<A - 1, 1>::value }; };
template <unsigned long B> struct Ackermann<0, B> { enum : unsigned long { value = B + 1 }; };
template <int N, class... T> struct Doubles { using type = typename Doubles<N - 1, T..., T...>::type; };
template <class... T> struct Doubles<0, T...> { using type = int; };
Doubles<28, int>::type wide;
int main() { return Ackermann<4, 2>::value; }
