# Correct, and adds up each of 12 million stretches anew.
scores <- scan(file("stdin"), quiet = TRUE)[-1]
n <- length(scores)
best <- -Inf
for (begin in 1:n) for (end in begin:n) best <- max(best, sum(scores[begin:end]))
cat(best, "\n")
