import sys
from itertools import islice

CAPACITY = 300


def main():
    words = iter(sys.stdin.read().split())
    next(words)
    best = [0] * (CAPACITY + 1)
    for v in map(int, islice(words, 60)):
        weight, value = 1 + v % 50, 1 + (v + 271828) % 100
        for room in range(CAPACITY, weight - 1, -1):
            best[room] = max(best[room], best[room - weight] + value)
    print("ennead-text", best[CAPACITY], len(set(best)))


main()
