import sys
from collections import Counter

for word, times in Counter(sys.stdin.read().split()).items():
    if times > 1:
        print(word)
