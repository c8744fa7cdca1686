{ sentence } = require './library/sentence'

console.log sentence!
