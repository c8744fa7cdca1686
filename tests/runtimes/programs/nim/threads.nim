import std/locks

var
  guard: Lock
  total {.guard: guard.}: int
  threads: array[1..10, Thread[int]]

proc square(number: int) {.thread.} =
  withLock guard:
    total += number * number

initLock guard
for number in 1..10:
  createThread(threads[number], square, number)
joinThreads threads
withLock guard:
  echo total
