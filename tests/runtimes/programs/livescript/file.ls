fs = require 'fs'

fs.write-file-sync 'scratch.txt', 'written and read'
console.log fs.read-file-sync 'scratch.txt', 'utf8'
