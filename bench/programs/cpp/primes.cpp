#include <bits/stdc++.h>
using namespace std;

const int SEED = 271828;

int main() {
    int limit = 20000 + SEED % 1000, n;
    vector<bool> composite(limit + 1);
    composite[0] = composite[1] = true;
    for (int i = 2; i * i <= limit; ++i)
        if (!composite[i])
            for (int j = i * i; j <= limit; j += i) composite[j] = true;
    long long count = 0, sum = 0;
    for (int i = 2; i <= limit; ++i)
        if (!composite[i]) ++count, sum = (sum + i) % 1000007;
    cin >> n;
    vector<int> values(n);
    for (auto& value : values) cin >> value;
    auto hits = count_if(values.begin(), values.end(), [&](int value) { return !composite[value]; });
    cout << "ennead-text" << ' ' << count << ' ' << sum << ' ' << hits << endl;
}
