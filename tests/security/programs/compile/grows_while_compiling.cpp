#include <vector>
constexpr int large() {
    std::vector<long> values;
    for (int i = 0; i < 30000000; i++) values.push_back(i);
    return values.size();
}
static_assert(large() > 1);
int main() {}
