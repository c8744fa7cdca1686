# Wrong when every score is negative: the empty stretch is not allowed.
n = int(input())
best = ending_here = 0
for score in map(int, input().split()):
    ending_here = max(0, ending_here + score)
    best = max(best, ending_here)
print(best)
