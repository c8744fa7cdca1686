limbs <- 1
for (factor in 2:(30 + 271828 %% 20)) {
  limbs <- limbs * factor
  carry <- 0
  for (i in seq_along(limbs)) {
    value <- limbs[i] + carry
    limbs[i] <- value %% 10000
    carry <- value %/% 10000
  }
  if (carry > 0) limbs <- c(limbs, carry)
}
limbs <- rev(limbs)
text <- paste0(c(limbs[1], sprintf("%04d", as.integer(limbs[-1]))), collapse = "")
digits <- as.integer(strsplit(text, "")[[1]])
cat("ennead-text", text)
cat("\n")
cat(sum(digits), max(rle(digits)$lengths))
cat("\n")
