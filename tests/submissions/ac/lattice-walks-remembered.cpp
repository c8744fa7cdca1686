// Recurses from the goal and remembers every cell; at most two thousand calls deep, well within 8 MB of stack: accepted.
#include <iostream>
#include <string>
#include <vector>

std::vector<std::string> grid;
std::vector<std::vector<int>> known;

int ways(int r, int c) {
    if (r < 0 || c < 0 || grid[r][c] == '#') return 0;
    int& result = known[r][c];
    if (result < 0) result = (ways(r - 1, c) + ways(r, c - 1)) % 1'000'000'007;
    return result;
}

int main() {
    int rows, columns;
    std::cin >> rows >> columns;
    grid.resize(rows);
    for (auto& row : grid) std::cin >> row;
    known.assign(rows, std::vector<int>(columns, -1));
    known[0][0] = grid[0][0] == '.';
    std::cout << ways(rows - 1, columns - 1) << '\n';
}
