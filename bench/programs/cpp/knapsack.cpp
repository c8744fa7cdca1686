#include <bits/stdc++.h>
using namespace std;

int main() {
    const int capacity = 300;
    int n, v;
    cin >> n;
    vector<int> best(capacity + 1);
    for (int i = 0; i < 60 && cin >> v; ++i) {
        int weight = 1 + v % 50, value = 1 + (v + 271828) % 100;
        for (int room = capacity; room >= weight; --room) best[room] = max(best[room], best[room - weight] + value);
    }
    set<int> distinct(best.begin(), best.end());
    printf("%s %d %zu\n", "ennead-text", best.back(), distinct.size());
}
