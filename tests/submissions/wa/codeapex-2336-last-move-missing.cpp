// Stops one move before the tower is complete: wrong answer by a missing last line.
#include <iostream>
#include <vector>

std::vector<std::pair<char, char>> moves;

void plan(int discs, char from, char to, char spare) {
    if (discs == 0) return;
    plan(discs - 1, from, spare, to);
    moves.emplace_back(from, to);
    plan(discs - 1, spare, to, from);
}

int main() {
    int discs;
    std::cin >> discs;
    plan(discs, 'A', 'C', 'B');
    for (std::size_t i = 0; i + 1 < moves.size(); ++i) std::cout << moves[i].first << "->" << moves[i].second << '\n';
}
