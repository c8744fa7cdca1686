import re
import sys

MODULUS = 1000003


class Parser:
    def __init__(self, text):
        self.tokens = re.findall(r"\d|[-+*()]", text) + [""]
        self.at = 0

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def expression(self):
        value = self.term()
        while self.tokens[self.at] in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            value = (value + sign * self.term()) % MODULUS
        return value

    def term(self):
        value = self.factor()
        while self.tokens[self.at] == "*":
            self.take()
            value = value * self.factor() % MODULUS
        return value

    def factor(self):
        token = self.take()
        if token != "(":
            return int(token)
        value = self.expression()
        self.take()
        return value


n, *values = map(int, sys.stdin.read().split())
text = ""
for i, value in enumerate(values):
    text += "+-*"[(value + 271828) % 3] if i else ""
    text += f"({value % 10}" if i % 5 == 0 else str(value % 10)
    text += ")" if i % 5 == 4 or i == n - 1 else ""
print("ennead-text", len(text), Parser(text).expression())
