# Keeps each walk as a list of its own and never ends: memory limit exceeded.
import sys

_, columns, *_ = sys.stdin.read().split()
walks = [[0] * int(columns)]
while walks:
    walks.append(walks[-1] + [len(walks)] * 1000)
print(len(walks))
