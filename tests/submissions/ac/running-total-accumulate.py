# Accumulates numbers that never overflow: accepted.
import itertools
import sys

_, *numbers = map(int, sys.stdin.read().split())
print(*itertools.accumulate(numbers), sep="\n")
