// Walks an adjacency matrix with an own stack in place of recursion, smallest neighbours first: accepted.
#include <iostream>
#include <stack>
#include <vector>

int main() {
    int vertices, start;
    std::cin >> vertices >> start;
    std::vector<std::vector<int>> edge(vertices + 1, std::vector<int>(vertices + 1));
    for (int u = 1; u <= vertices; ++u)
        for (int v = 1; v <= vertices; ++v) std::cin >> edge[u][v];
    std::vector<bool> seen(vertices + 1);
    std::stack<int> open({start});
    while (!open.empty()) {
        const int u = open.top();
        open.pop();
        if (seen[u]) continue;
        seen[u] = true;
        std::cout << u << ' ';
        for (int v = vertices; v >= 1; --v)
            if (edge[u][v] == 1 && !seen[v]) open.push(v);
    }
}
