process.stdout.write require('fs').readFileSync 0, 'utf8'
console.log 'größe 漢字 🦀 ж'
