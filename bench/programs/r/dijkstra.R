nodes <- 60
values <- scan(file("stdin"), quiet = TRUE)[-1]
weights <- matrix(Inf, nodes, nodes)
for (i in seq_len(nodes)) weights[i, i %% nodes + 1] <- 50
for (v in values) {
  a <- v %% nodes + 1
  b <- (v %/% nodes) %% nodes + 1
  weights[a, b] <- min(weights[a, b], 1 + (v + 271828) %% 97)
}
distance <- rep(Inf, nodes)
distance[1] <- 0
open <- rep(TRUE, nodes)
while (any(open)) {
  node <- which(open)[which.min(distance[open])]
  open[node] <- FALSE
  distance <- pmin(distance, distance[node] + weights[node, ])
}
cat("ennead-text", sum(distance), max(distance), "\n")
