# Correct, but tells every stretch to standard error: megabytes of output.
import sys

input()
scores = list(map(int, input().split()))
best = scores[0]
for begin in range(len(scores)):
    total = 0
    for end in range(begin, len(scores)):
        total += scores[end]
        best = max(best, total)
        print("rounds", begin, "to", end, "give", total, file=sys.stderr)
print(best)
