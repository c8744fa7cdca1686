import words.Words

println Words.text()
