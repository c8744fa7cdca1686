{ readFileSync } = require 'fs'

sum = 0
sum += Number word for word in readFileSync(0, 'utf8').trim().split /\s+/
console.log sum
