// Prints the moves of the tower puzzle by plain recursion, an own line for each: accepted.
#include <iostream>

void move(int discs, char from, char to, char spare) {
    if (discs == 0) return;
    move(discs - 1, from, spare, to);
    std::cout << from << "->" << to << '\n';
    move(discs - 1, spare, to, from);
}

int main() {
    int discs;
    std::cin >> discs;
    move(discs, 'A', 'C', 'B');
}
