# Reverses the whole text instead of each line, so the lines change their order: wrong answer.
import sys

print(sys.stdin.read()[::-1].strip("\n"))
