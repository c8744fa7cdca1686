import sys

for line in sys.stdin.read().split():
    open_ones = []
    right = True
    for char in line:
        if char in "([":
            open_ones.append(char)
        elif not open_ones or open_ones.pop() + char not in ("()", "[]"):
            right = False
            break
    print("yes" if right and not open_ones else "no")
