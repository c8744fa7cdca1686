from __future__ import annotations

from dataclasses import dataclass

MODULUS = 10007


@dataclass(frozen=True)
class Matrix:
    rows: tuple[tuple[int, ...], ...]

    def __matmul__(self, other: Matrix) -> Matrix:
        columns = list(zip(*other.rows))
        return Matrix(
            tuple(tuple(sum(a * b for a, b in zip(row, column)) % MODULUS for column in columns) for row in self.rows)
        )

    def __pow__(self, power: int) -> Matrix:
        result, base = Matrix(((1, 0, 0), (0, 1, 0), (0, 0, 1))), self
        while power:
            if power & 1:
                result = result @ base
            base, power = base @ base, power >> 1
        return result


input()
values = [int(word) % 1000 for word in input().split()[:9]]
result = Matrix((tuple(values[:3]), tuple(values[3:6]), tuple(values[6:]))) ** 271828
print("ennead-text")
for row in result.rows:
    print(*row)
