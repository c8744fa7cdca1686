// Unites the ends of every edge in a disjoint-set forest and lists the set of vertex one: accepted.
#include <iostream>
#include <numeric>
#include <vector>

int main() {
    std::ios::sync_with_stdio(false);
    int vertices, edges;
    std::cin >> vertices >> edges;
    std::vector<int> parent(vertices + 1);
    std::iota(parent.begin(), parent.end(), 0);
    const auto root = [&](int v) {
        while (parent[v] != v) v = parent[v] = parent[parent[v]];
        return v;
    };
    while (edges-- > 0) {
        int u, v;
        std::cin >> u >> v;
        parent[root(u)] = root(v);
    }
    for (int v = 2; v <= vertices; ++v)
        if (root(v) == root(1)) std::cout << v << ' ';
    std::cout << '\n';
}
