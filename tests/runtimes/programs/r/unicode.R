writeLines(readLines(file("stdin")))
cat("größe 漢字 🦀 ж\n")
