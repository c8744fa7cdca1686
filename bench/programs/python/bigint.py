import math
from itertools import groupby


def main() -> None:
    text = str(math.factorial(30 + 271828 % 20))
    longest = max(len(list(group)) for _, group in groupby(text))
    print("ennead-text", text)
    print(sum(map(int, text)), longest)


if __name__ == "__main__":
    main()
