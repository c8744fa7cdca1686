#include <bits/stdc++.h>
using namespace std;

int main() {
    ios::sync_with_stdio(false);
    int n, v;
    cin >> n;
    map<int, int> counts;
    for (int key = 0; key < 37; ++key) counts[key] = 0;
    while (n-- && cin >> v) ++counts[(v + 271828) % 37];
    vector<pair<int, int>> sorted(counts.begin(), counts.end());
    sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    sorted.resize(10);
    cout << "ennead-text\n";
    string separator;
    for (const auto& [key, count] : sorted) {
        cout << separator << key << ':' << count;
        separator = " ";
    }
    cout << '\n';
}
