// Goes through the walks one after another as permutations of steps: time limit exceeded on the open grid.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

int main() {
    int rows, columns;
    std::cin >> rows >> columns;
    std::vector<std::string> grid(rows);
    for (auto& row : grid) std::cin >> row;
    std::string steps = std::string(rows - 1, 'd') + std::string(columns - 1, 'r');
    long long walks = 0;
    do {
        int r = 0, c = 0;
        bool free = grid[0][0] == '.';
        for (const char step : steps) free = free && grid[r += step == 'd'][c += step == 'r'] == '.';
        walks += free;
    } while (std::next_permutation(steps.begin(), steps.end()));
    std::cout << walks % 1'000'000'007 << '\n';
}
