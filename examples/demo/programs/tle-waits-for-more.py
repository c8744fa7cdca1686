# Never leaves the loop once the input is over.
import sys

scores = []
while len(scores) < 1_000_000:
    scores += sys.stdin.readline().split()
