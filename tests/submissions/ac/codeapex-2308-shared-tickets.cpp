// Pairs the lighter half greedily with the heavier one, in a local array that is zeroed to its last byte: accepted.
#include <algorithm>
#include <iostream>

int main() {
    int weight[1'000'000] = {};
    int people;
    std::cin >> people;
    for (int i = 0; i < people; ++i) std::cin >> weight[i];
    std::sort(weight, weight + people);
    int shared = 0;
    for (int heavy = people / 2; heavy < people; ++heavy)
        if (shared < people / 2 && weight[shared] * 2LL <= weight[heavy]) ++shared;
    std::cout << people - shared << '\n';
}
