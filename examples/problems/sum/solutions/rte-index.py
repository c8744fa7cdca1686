numbers = input().split()
print(numbers[1])
