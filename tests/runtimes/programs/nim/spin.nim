var n {.volatile.}: uint = 0
while true:
  inc n
