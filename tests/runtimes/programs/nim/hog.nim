var kept: seq[seq[int]]
while true:
  var numbers = newSeq[int](1 shl 17)
  for number in numbers.mitems:
    number = 1
  kept.add numbers
