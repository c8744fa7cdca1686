# R's threads are processes.
squares <- parallel::mclapply(1:10, function(i) i * i, mc.cores = 10)
cat(sum(unlist(squares)), "\n")
