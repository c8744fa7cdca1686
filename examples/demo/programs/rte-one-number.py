# Takes the second line for one number: ValueError.
input()
print(int(input()))
