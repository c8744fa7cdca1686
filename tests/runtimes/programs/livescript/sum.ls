fs = require 'fs'

numbers = fs.read-file-sync 0, 'utf8' .trim!.split /\s+/
sum = 0
for number in numbers
  sum += Number number
console.log sum
