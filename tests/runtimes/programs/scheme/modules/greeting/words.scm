(define-module (greeting words)
  #:export (greeting))

(define greeting "from a module")
