# Starts one behind the last character of each line: run-time error by an exception.
import sys

for line in sys.stdin.read().splitlines():
    print("".join(line[i] for i in range(len(line), -1, -1)))
