# Leaves out the last sum, an off-by-one in the range: wrong answer.
import sys

count, *numbers = map(int, sys.stdin.read().split())
for i in range(1, count):
    print(sum(numbers[:i]))
