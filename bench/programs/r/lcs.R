values <- scan(file("stdin"), quiet = TRUE)[-1]
n <- length(values)
a <- (values + 271828) %% 7
b <- (values %/% 7 + seq_len(n) - 1) %% 7
longest <- matrix(0, n + 1, n + 1)
edits <- outer(0:n, 0:n, "+")
for (i in seq_len(n)) {
  for (j in seq_len(n)) {
    same <- a[i] == b[j]
    longest[i + 1, j + 1] <- if (same) longest[i, j] + 1 else max(longest[i, j + 1], longest[i + 1, j])
    edits[i + 1, j + 1] <- min(edits[i, j] + !same, edits[i, j + 1] + 1, edits[i + 1, j] + 1)
  }
}
cat("ennead-text", longest[n + 1, n + 1], edits[n + 1, n + 1], "\n")
