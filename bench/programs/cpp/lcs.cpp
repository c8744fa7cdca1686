#include <bits/stdc++.h>
using namespace std;

template <typename Sequence>
pair<int, int> compare(const Sequence& a, const Sequence& b) {
    vector<vector<int>> longest(a.size() + 1, vector<int>(b.size() + 1)), edits = longest;
    for (size_t i = 0; i <= a.size(); ++i) edits[i][0] = i;
    for (size_t j = 0; j <= b.size(); ++j) edits[0][j] = j;
    for (size_t i = 1; i <= a.size(); ++i)
        for (size_t j = 1; j <= b.size(); ++j) {
            bool same = a[i - 1] == b[j - 1];
            longest[i][j] = same ? longest[i - 1][j - 1] + 1 : max(longest[i - 1][j], longest[i][j - 1]);
            edits[i][j] = min({edits[i - 1][j - 1] + !same, edits[i - 1][j] + 1, edits[i][j - 1] + 1});
        }
    return {longest.back().back(), edits.back().back()};
}

int main() {
    int n, v;
    cin >> n;
    string a, b;
    for (int i = 0; i < n && cin >> v; ++i) {
        a += char('a' + (v + 271828) % 7);
        b += char('a' + (v / 7 + i) % 7);
    }
    auto [longest, edits] = compare(a, b);
    cout << "ennead-text" << ' ' << longest << ' ' << edits << '\n';
}
