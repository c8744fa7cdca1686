#include <bits/stdc++.h>
using namespace std;

struct Edge {
    int to, weight;
};

int main() {
    const int nodes = 60;
    int n, v;
    cin >> n;
    vector<vector<Edge>> graph(nodes);
    for (int i = 0; i < nodes; ++i) graph[i].push_back({(i + 1) % nodes, 50});
    while (n-- && cin >> v) graph[v % nodes].push_back({v / nodes % nodes, 1 + (v + 271828) % 97});
    vector<int> distance(nodes, numeric_limits<int>::max());
    priority_queue<pair<int, int>, vector<pair<int, int>>, greater<>> queue;
    queue.emplace(distance[0] = 0, 0);
    while (!queue.empty()) {
        auto [far, node] = queue.top();
        queue.pop();
        if (far > distance[node]) continue;
        for (const Edge& edge : graph[node])
            if (far + edge.weight < distance[edge.to]) queue.emplace(distance[edge.to] = far + edge.weight, edge.to);
    }
    cout << "ennead-text" << ' ' << accumulate(distance.begin(), distance.end(), 0) << ' '
         << *max_element(distance.begin(), distance.end()) << '\n';
}
