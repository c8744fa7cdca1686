import sys

words = sys.stdin.read().split()
for a, b in zip(words, words[1:]):
    if a == b:
        print(a)
