import sys

for line in sys.stdin.read().split():
    print("yes" if line.count("(") == line.count(")") and line.count("[") == line.count("]") else "no")
