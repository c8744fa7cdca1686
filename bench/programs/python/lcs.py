import sys
from functools import lru_cache


def main():
    sys.setrecursionlimit(10000)
    n, *values = map(int, sys.stdin.read().split())
    a = [(value + 271828) % 7 for value in values]
    b = [(value // 7 + i) % 7 for i, value in enumerate(values)]
    longest = [0] * (n + 1)
    edits = list(range(n + 1))
    for i in range(1, n + 1):
        longer, fewer = [0], [i]
        for j in range(1, n + 1):
            same = a[i - 1] == b[j - 1]
            longer.append(longest[j - 1] + 1 if same else max(longest[j], longer[-1]))
            fewer.append(min(edits[j - 1] + (not same), edits[j] + 1, fewer[-1] + 1))
        longest, edits = longer, fewer
    print("ennead-text", longest[-1], edits[-1])


main()
