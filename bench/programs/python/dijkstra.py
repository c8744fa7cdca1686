import heapq
import sys
from collections import defaultdict

NODES = 60


def shortest(graph, start):
    distance = {start: 0}
    queue = [(0, start)]
    while queue:
        far, node = heapq.heappop(queue)
        if far > distance[node]:
            continue
        for other, weight in graph[node]:
            if far + weight < distance.get(other, float("inf")):
                distance[other] = far + weight
                heapq.heappush(queue, (far + weight, other))
    return distance


def main():
    n, *values = map(int, sys.stdin.read().split())
    graph = defaultdict(list)
    for node in range(NODES):
        graph[node].append(((node + 1) % NODES, 50))
    for value in values:
        graph[value % NODES].append((value // NODES % NODES, 1 + (value + 271828) % 97))
    distance = shortest(graph, 0)
    print("ennead-text", sum(distance.values()), max(distance.values()))


if __name__ == "__main__":
    main()
