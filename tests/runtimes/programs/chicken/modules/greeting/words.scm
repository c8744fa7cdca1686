(module words (greeting)
  (import scheme)
  (define greeting "from a module"))
