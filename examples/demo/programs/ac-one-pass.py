from itertools import accumulate

input()
scores = map(int, input().split())
print(max(accumulate(scores, lambda ending_here, score: max(ending_here, 0) + score)))
