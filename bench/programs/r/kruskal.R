values <- scan(file("stdin"), quiet = TRUE)[-1]
edges <- data.frame(
  weight = 1 + (values + 271828) %% 97,
  number = seq_along(values),
  a = values %% 60 + 1,
  b = (values %/% 60) %% 60 + 1
)
edges <- edges[order(edges$weight, edges$number), ]
parents <- 1:60
find <- function(x) {
  while (parents[x] != x) x <- parents[x]
  x
}
total <- 0
components <- 60
for (i in seq_len(nrow(edges))) {
  a <- find(edges$a[i])
  b <- find(edges$b[i])
  if (a != b) {
    parents[a] <- b
    total <- total + edges$weight[i]
    components <- components - 1
  }
}
cat(sprintf("%s %d %d\n", "ennead-text", as.integer(total), as.integer(components)))
