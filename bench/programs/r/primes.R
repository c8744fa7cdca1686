seed <- 271828
limit <- 20000 + seed %% 1000
prime <- rep(TRUE, limit)
prime[1] <- FALSE
for (i in 2:floor(sqrt(limit))) {
  if (prime[i]) prime[seq(i * i, limit, by = i)] <- FALSE
}
primes <- which(prime)
values <- scan(file("stdin"), quiet = TRUE)[-1]
cat("ennead-text", length(primes), sum(primes) %% 1000007, sum(prime[values]))
cat("\n")
