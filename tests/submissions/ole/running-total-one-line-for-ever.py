# Prints on and on without a line end: output limit exceeded.
while True:
    print("0 " * 10_000, end="")
