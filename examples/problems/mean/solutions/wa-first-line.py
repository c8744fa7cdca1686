numbers = [float(each) for each in input().split()]
print(sum(numbers) / len(numbers))
