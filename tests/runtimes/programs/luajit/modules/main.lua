local words = require("greetings.words")

print(words.greeting())
