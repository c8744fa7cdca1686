modulus <- 10007
power <- function(base, exponent) {
  result <- diag(3)
  while (exponent > 0) {
    if (exponent %% 2 == 1) result <- (result %*% base) %% modulus
    base <- (base %*% base) %% modulus
    exponent <- exponent %/% 2
  }
  result
}
lines <- readLines(file("stdin"))
values <- as.numeric(strsplit(lines[2], " ")[[1]])[1:9] %% 1000
result <- power(matrix(values, nrow = 3, byrow = TRUE), 271828)
cat("ennead-text\n")
for (i in 1:3) cat(paste(result[i, ], collapse = " "), "\n", sep = "")
