# What source() reads is found beside the program, not in the current directory.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "greetings", "words.R"))
cat(greeting(), "\n")
