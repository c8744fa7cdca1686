(use-modules (greeting words))
(display greeting)
(newline)
