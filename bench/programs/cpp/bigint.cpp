#include <bits/stdc++.h>
using namespace std;

class Natural {
public:
    Natural& operator*=(int factor) {
        int carry = 0;
        for (int& limb : limbs) {
            carry += limb * factor;
            limb = carry % base;
            carry /= base;
        }
        if (carry) limbs.push_back(carry);
        return *this;
    }
    friend ostream& operator<<(ostream& out, const Natural& number) {
        out << number.limbs.back();
        for (auto limb = next(number.limbs.rbegin()); limb != number.limbs.rend(); ++limb)
            out << setw(4) << setfill('0') << *limb;
        return out;
    }

private:
    static constexpr int base = 10000;
    vector<int> limbs{1};
};

int main() {
    Natural factorial;
    for (int factor = 2; factor <= 30 + 271828 % 20; ++factor) factorial *= factor;
    ostringstream written;
    written << factorial;
    string text = written.str();
    int sum = 0, run = 0, longest = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        sum += text[i] - '0';
        run = i && text[i] == text[i - 1] ? run + 1 : 1;
        longest = max(longest, run);
    }
    cout << "ennead-text" << ' ' << text << '\n' << sum << ' ' << longest << '\n';
}
