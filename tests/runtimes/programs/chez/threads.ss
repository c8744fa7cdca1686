(define total 0)
(define left 10)
(define lock (make-mutex))
(define done (make-condition))

(define (work i)
  (with-mutex lock
    (set! total (+ total (* i i)))
    (set! left (- left 1))
    (condition-signal done)))

(do ([i 1 (+ i 1)])
    ((> i 10))
  (fork-thread (lambda () (work i))))
(with-mutex lock
  (let wait ()
    (unless (zero? left)
      (condition-wait done lock)
      (wait))))
(display total)
(newline)
