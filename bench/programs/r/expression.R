modulus <- 1000003
values <- scan(file("stdin"), quiet = TRUE)[-1]
n <- length(values)
i <- seq_len(n) - 1
operators <- c("+", "-", "*")[(values + 271828) %% 3 + 1]
operators[1] <- ""
pieces <- paste0(operators, ifelse(i %% 5 == 0, "(", ""), values %% 10, ifelse(i %% 5 == 4 | i == n - 1, ")", ""))
text <- paste(pieces, collapse = "")
characters <- c(strsplit(text, "")[[1]], "")
at <- 1
take <- function() {
  at <<- at + 1
  characters[at - 1]
}
factor_of <- function() {
  character <- take()
  if (character != "(") return(as.numeric(character))
  value <- expression_of()
  take()
  value
}
term_of <- function() {
  value <- factor_of()
  while (characters[at] == "*") {
    take()
    value <- (value * factor_of()) %% modulus
  }
  value
}
expression_of <- function() {
  value <- term_of()
  while (characters[at] %in% c("+", "-")) {
    sign <- if (take() == "+") 1 else -1
    value <- (value + sign * term_of()) %% modulus
  }
  value
}
cat("ennead-text", nchar(text), expression_of(), "\n")
