import sys
from typing import List, NamedTuple


class Edge(NamedTuple):
    weight: int
    number: int
    a: int
    b: int


class Forest:
    def __init__(self, size: int) -> None:
        self.parents = list(range(size))
        self.components = size

    def find(self, x: int) -> int:
        while self.parents[x] != x:
            self.parents[x] = x = self.parents[self.parents[x]]
        return x

    def unite(self, a: int, b: int) -> bool:
        a, b = self.find(a), self.find(b)
        if a == b:
            return False
        self.parents[a] = b
        self.components -= 1
        return True


def main() -> None:
    n, *values = map(int, sys.stdin.read().split())
    edges: List[Edge] = [Edge(1 + (v + 271828) % 97, i, v % 60, v // 60 % 60) for i, v in enumerate(values)]
    forest = Forest(60)
    total = sum(edge.weight for edge in sorted(edges) if forest.unite(edge.a, edge.b))
    print("ennead-text", total, forest.components)


main()
