// Searches (cell, direction) states with a two-ended queue: straight on is free, a turn costs one: accepted.
#include <deque>
#include <iostream>
#include <tuple>
#include <vector>

int main() {
    int rows, columns, r0, c0, r1, c1;
    std::cin >> rows >> columns;
    std::vector<std::vector<int>> wall(rows + 2, std::vector<int>(columns + 2, 1));
    for (int r = 1; r <= rows; ++r)
        for (int c = 1; c <= columns; ++c) std::cin >> wall[r][c];
    std::cin >> r0 >> c0 >> r1 >> c1;
    const int dr[] = {0, 1, 0, -1}, dc[] = {1, 0, -1, 0};
    std::vector<int> turns((rows + 2) * (columns + 2) * 4, 1 << 30);
    const auto key = [&](int r, int c, int d) { return (r * (columns + 2) + c) * 4 + d; };
    std::deque<std::tuple<int, int, int>> queue;
    for (int d = 0; d < 4; ++d) {
        turns[key(r0, c0, d)] = 0;
        queue.emplace_back(r0, c0, d);
    }
    while (!queue.empty()) {
        const auto [r, c, d] = queue.front();
        queue.pop_front();
        const int here = turns[key(r, c, d)];
        if (r == r1 && c == c1) {
            std::cout << here;
            return 0;
        }
        for (int turned = 0; turned < 4; ++turned) {
            const int nr = r + dr[turned], nc = c + dc[turned], cost = here + (turned != d);
            if (wall[nr][nc] == 1 || turns[key(nr, nc, turned)] <= cost) continue;
            turns[key(nr, nc, turned)] = cost;
            if (turned == d)
                queue.emplace_front(nr, nc, turned);
            else
                queue.emplace_back(nr, nc, turned);
        }
    }
    std::cout << -1;
}
