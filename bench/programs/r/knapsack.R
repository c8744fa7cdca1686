capacity <- 300
values <- scan(file("stdin"), quiet = TRUE)[-1][1:60]
best <- rep(0, capacity + 1)
for (v in values) {
  weight <- 1 + v %% 50
  value <- 1 + (v + 271828) %% 100
  with <- c(rep(-Inf, weight), head(best, -weight) + value)
  best <- pmax(best, with)
}
cat("ennead-text", best[capacity + 1], length(unique(best)), "\n")
