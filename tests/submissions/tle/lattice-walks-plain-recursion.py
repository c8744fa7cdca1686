# Counts by recursion and remembers nothing: time limit exceeded on the open grid.
import sys

rows, columns, *grid = sys.stdin.read().split()
goal = int(rows) - 1, int(columns) - 1


def ways(r: int, c: int) -> int:
    if r > goal[0] or c > goal[1] or grid[r][c] == "#":
        return 0
    return 1 if (r, c) == goal else ways(r + 1, c) + ways(r, c + 1)


print(ways(0, 0) % 1_000_000_007)
