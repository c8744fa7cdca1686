# Prints the sums and then exits with a message, which means status one: run-time error.
import itertools
import sys

_, *numbers = map(int, sys.stdin.read().split())
print(*itertools.accumulate(numbers), sep="\n")
sys.exit("done")
