constexpr unsigned long busy(unsigned long n) {
    unsigned long sum = 0;
    for (unsigned long i = 0; i < 200000; i++)
        for (unsigned long k = 0; k < 200000; k++) sum += i ^ k ^ n;
    return sum;
}
template <unsigned long N> struct Many { static constexpr unsigned long value = busy(N) + Many<N - 1>::value; };
template <> struct Many<0> { static constexpr unsigned long value = 0; };
static_assert(Many<100>::value != 1);
int main() {}
