# Sleeps for an hour before it looks at the input: wall clock limit exceeded.
import time

time.sleep(3600)
print(input())
