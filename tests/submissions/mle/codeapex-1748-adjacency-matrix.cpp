// Keeps an adjacency matrix for the largest graph allowed, ten to the ten bits of it: memory limit exceeded.
#include <iostream>
#include <vector>

int main() {
    int vertices, edges;
    std::cin >> vertices >> edges;
    std::vector<std::vector<bool>> edge(100'001, std::vector<bool>(100'001));
    while (edges-- > 0) {
        int u, v;
        std::cin >> u >> v;
        edge[u][v] = edge[v][u] = true;
    }
    for (int v = 2; v <= vertices; ++v)
        if (edge[1][v]) std::cout << v << ' ';
}
