# Walks the grid diagonal by diagonal with a dictionary of counts: accepted.
import sys

rows, columns, *grid = sys.stdin.read().split()
goal = int(rows) - 1, int(columns) - 1
ways = {(0, 0): 1} if grid[0][0] == "." else {}
for _ in range(sum(goal)):
    ahead: dict[tuple[int, int], int] = {}
    for (r, c), count in ways.items():
        for cell in ((r + 1, c), (r, c + 1)):
            if cell[0] <= goal[0] and cell[1] <= goal[1] and grid[cell[0]][cell[1]] == ".":
                ahead[cell] = (ahead.get(cell, 0) + count) % 1_000_000_007
    ways = ahead
print(ways.get(goal, 0))
