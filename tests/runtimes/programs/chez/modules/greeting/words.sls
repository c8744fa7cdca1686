(library (greeting words)
  (export greeting)
  (import (rnrs))
  (define greeting "from a module"))
