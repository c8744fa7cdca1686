// Steps a cellular automaton once with a dead border around the grid and compares: accepted.
#include <iostream>
#include <string>
#include <vector>

int main() {
    int rows, columns;
    std::cin >> rows >> columns;
    std::vector<std::string> grid(rows + 2, std::string(columns + 2, '.'));
    for (int r = 1; r <= rows; ++r)
        for (int c = 1; c <= columns; ++c) std::cin >> grid[r][c];
    bool still = true;
    for (int r = 1; r <= rows; ++r) {
        for (int c = 1; c <= columns; ++c) {
            int neighbours = 0;
            for (int dr = -1; dr <= 1; ++dr)
                for (int dc = -1; dc <= 1; ++dc)
                    neighbours += (dr != 0 || dc != 0) && grid[r + dr][c + dc] == '*';
            const bool alive = grid[r][c] == '*';
            still = still && alive == (neighbours == 3 || (alive && neighbours == 2));
        }
    }
    std::cout << (still ? "Still life" : "Other");
}
