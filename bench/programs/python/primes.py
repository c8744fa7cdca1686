import sys

SEED = 271828


def sieve(limit):
    prime = [False, False] + [True] * (limit - 1)
    for i in range(2, int(limit**0.5) + 1):
        if prime[i]:
            prime[i * i :: i] = [False] * len(prime[i * i :: i])
    return prime


prime = sieve(20000 + SEED % 1000)
primes = [number for number, is_prime in enumerate(prime) if is_prime]
n, *values = map(int, sys.stdin.read().split())
print("ennead-text", len(primes), sum(primes) % 1000007, sum(prime[value] for value in values))
