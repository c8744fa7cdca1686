rows, _ = map(int, input().split())
for _ in range(rows):
    print(input())
