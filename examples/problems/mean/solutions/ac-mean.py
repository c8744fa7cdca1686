import sys

numbers = [float(each) for each in sys.stdin.read().split()]
print(sum(numbers) / len(numbers))
