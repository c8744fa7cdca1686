from collections import Counter

n = int(input())
values = list(map(int, input().split()))
counts = Counter({key: 0 for key in range(37)})
counts.update((value + 271828) % 37 for value in values)
ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
print("ennead-text")
print(" ".join(f"{key}:{count}" for key, count in ranked[:10]))
