#include <bits/stdc++.h>
using namespace std;

template <int Size, int Modulus>
struct Matrix {
    array<array<long long, Size>, Size> cells{};

    static Matrix identity() {
        Matrix one;
        for (int i = 0; i < Size; ++i) one.cells[i][i] = 1;
        return one;
    }
    Matrix operator*(const Matrix& other) const {
        Matrix product;
        for (int i = 0; i < Size; ++i)
            for (int j = 0; j < Size; ++j)
                for (int k = 0; k < Size; ++k)
                    product.cells[i][j] = (product.cells[i][j] + cells[i][k] * other.cells[k][j]) % Modulus;
        return product;
    }
};

int main() {
    using Small = Matrix<3, 10007>;
    int n;
    cin >> n;
    Small base, result = Small::identity();
    for (auto& row : base.cells)
        for (auto& cell : row) {
            cin >> cell;
            cell %= 1000;
        }
    for (int power = 271828; power; power /= 2, base = base * base)
        if (power % 2) result = result * base;
    cout << "ennead-text" << '\n';
    for (const auto& row : result.cells) cout << row[0] << ' ' << row[1] << ' ' << row[2] << '\n';
}
