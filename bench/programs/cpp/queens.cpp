#include <bits/stdc++.h>
using namespace std;

int main() {
    const int size = 6 + 271828 % 2;
    vector<vector<int>> solutions;
    vector<int> columns;
    function<void()> place = [&] {
        int row = columns.size();
        if (row == size) {
            solutions.push_back(columns);
            return;
        }
        for (int column = 0; column < size; ++column) {
            bool safe = true;
            for (int other = 0; other < row; ++other) {
                int apart = abs(column - columns[other]);
                safe &= apart != 0 && apart != row - other;
            }
            if (!safe) continue;
            columns.push_back(column);
            place();
            columns.pop_back();
        }
    };
    place();
    stringstream first;
    for (int column : solutions.front()) first << (first.tellp() > 0 ? "," : "") << column;
    cout << "ennead-text" << ' ' << solutions.size() << ' ' << first.str() << endl;
}
