scores <- scan(file("stdin"), quiet = TRUE)[-1]
sums <- cumsum(scores)
# The best stretch that ends at i is the sum up to i less the smallest sum before it.
cat(max(sums - cummin(c(0, head(sums, -1)))), "\n")
