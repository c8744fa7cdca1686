fs = require 'fs'

process.stdout.write fs.read-file-sync 0, 'utf8'
console.log 'größe 漢字 🦀 ж'
