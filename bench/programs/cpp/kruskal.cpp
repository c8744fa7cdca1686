#include <bits/stdc++.h>
using namespace std;

class Forest {
public:
    explicit Forest(int size) : parents(size) { iota(parents.begin(), parents.end(), 0); }
    int find(int x) { return parents[x] == x ? x : parents[x] = find(parents[x]); }
    bool unite(int a, int b) {
        a = find(a), b = find(b);
        if (a == b) return false;
        parents[a] = b;
        return true;
    }

private:
    vector<int> parents;
};

int main() {
    const int nodes = 60;
    int n, v, total = 0, components = nodes;
    cin >> n;
    vector<tuple<int, int, int, int>> edges;
    for (int i = 0; i < n && cin >> v; ++i) edges.emplace_back(1 + (v + 271828) % 97, i, v % nodes, v / nodes % nodes);
    sort(edges.begin(), edges.end());
    Forest forest(nodes);
    for (const auto& [weight, number, a, b] : edges)
        if (forest.unite(a, b)) total += weight, --components;
    cout << "ennead-text" << ' ' << total << ' ' << components << '\n';
}
