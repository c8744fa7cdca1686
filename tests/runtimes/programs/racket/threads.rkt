#lang racket
(define results (make-channel))
(for ([i (in-range 1 11)])
  (thread (lambda () (channel-put results (* i i)))))
(displayln (for/sum ([_ (in-range 10)]) (channel-get results)))
