from greetings import words

print(words.greeting())
