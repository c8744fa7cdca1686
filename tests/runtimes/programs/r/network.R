opened <- tryCatch(
  suppressWarnings(socketConnection("192.0.2.1", 80, blocking = TRUE, timeout = 20)),
  error = function(e) NULL
)
cat(if (is.null(opened)) "no network\n" else "connected\n")
