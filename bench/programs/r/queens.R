size <- 6 + 271828 %% 2
solutions <- list()
place <- function(columns) {
  row <- length(columns)
  if (row == size) {
    solutions[[length(solutions) + 1]] <<- columns
    return(invisible(NULL))
  }
  for (column in seq_len(size) - 1) {
    apart <- abs(columns - column)
    if (all(apart != 0 & apart != row - seq_along(columns) + 1)) place(c(columns, column))
  }
}
place(integer(0))
cat("ennead-text ", length(solutions), " ", paste(solutions[[1]], collapse = ","), "\n", sep = "")
