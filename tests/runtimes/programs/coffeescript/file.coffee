fs = require 'fs'

fs.writeFileSync 'scratch.txt', 'written and read'
console.log fs.readFileSync 'scratch.txt', 'utf8'
