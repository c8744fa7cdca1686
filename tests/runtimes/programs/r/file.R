writeLines("written and read", "scratch.txt")
cat(readLines("scratch.txt"), sep = "\n")
