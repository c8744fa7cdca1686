(define kept '())
(let loop ()
  (set! kept (cons (make-vector 1000 1) kept))
  (loop))
