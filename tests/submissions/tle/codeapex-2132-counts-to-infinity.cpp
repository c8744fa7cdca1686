// Believes that a number is prime when nothing up to four thousand million divides it, and tries each: time limit exceeded.
#include <iostream>

bool prime(long long number) {
    int divisors = 0;
    for (long long d = 1; d <= 4'000'000'000LL; ++d) divisors += number % d == 0;
    return divisors == 2;
}

int main() {
    int limit;
    std::cin >> limit;
    for (int even = 4; even <= limit; even += 2)
        for (int first = 2; first < even; ++first)
            if (prime(first) && prime(even - first)) {
                std::cout << even << '=' << first << '+' << even - first << '\n';
                break;
            }
}
