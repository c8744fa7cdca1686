#include <bits/stdc++.h>
using namespace std;

class Parser {
public:
    explicit Parser(string text) : text(move(text)) {}
    long long expression() {
        long long value = term();
        while (at < text.size() && (text[at] == '+' || text[at] == '-')) {
            bool plus = text[at++] == '+';
            long long other = term();
            value = (value + (plus ? other : modulus - other)) % modulus;
        }
        return value;
    }

private:
    static constexpr long long modulus = 1000003;
    string text;
    size_t at = 0;

    long long term() {
        long long value = factor();
        while (at < text.size() && text[at] == '*') {
            ++at;
            value = value * factor() % modulus;
        }
        return value;
    }
    long long factor() {
        if (isdigit(text[at])) return text[at++] - '0';
        ++at;
        long long value = expression();
        ++at;
        return value;
    }
};

int main() {
    int n, v;
    cin >> n;
    ostringstream built;
    for (int i = 0; i < n && cin >> v; ++i) {
        if (i) built << "+-*"[(v + 271828) % 3];
        if (i % 5 == 0) built << '(';
        built << v % 10;
        if (i % 5 == 4 || i == n - 1) built << ')';
    }
    cout << "ennead-text" << ' ' << built.str().size() << ' ' << Parser(built.str()).expression() << '\n';
}
