; CHICKEN's threads are an egg, which does not come with it; processes do.
(import (chicken file posix) (chicken io) (chicken process))
(define-values (in out) (create-pipe))
(define output (open-output-file* out))

(define (work i)
  (lambda ()
    (write (* i i) output)
    (newline output)
    (flush-output output)))

(do ((i 1 (+ i 1)))
    ((> i 10))
  (process-fork (work i)))
(close-output-port output)
(print (apply + (read-list (open-input-file* in))))
