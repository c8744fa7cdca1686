lines <- readLines(file("stdin"))
values <- as.integer(strsplit(lines[2], " ")[[1]])
counts <- tabulate((values + 271828) %% 37 + 1, nbins = 37)
ranked <- order(-counts, seq_along(counts))[1:10]
cat("ennead-text\n")
cat(paste0(ranked - 1, ":", counts[ranked]), sep = " ")
cat("\n")
