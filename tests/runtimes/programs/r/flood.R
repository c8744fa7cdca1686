repeat cat("and another line\n")
