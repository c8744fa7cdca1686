# Prints every stretch on the way: megabytes of output.
input()
scores = list(map(int, input().split()))
best = scores[0]
for begin in range(len(scores)):
    total = 0
    for end in range(begin, len(scores)):
        total += scores[end]
        best = max(best, total)
        print("rounds", begin, "to", end, "give", total)
print(best)
