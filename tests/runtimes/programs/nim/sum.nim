import std/strutils

var total: int64 = 0
for line in stdin.lines:
  for word in line.splitWhitespace:
    total += parseBiggestInt(word)
echo total
