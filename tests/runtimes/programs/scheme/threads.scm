(use-modules (ice-9 threads))
(define threads (map (lambda (i) (call-with-new-thread (lambda () (* i i)))) (iota 10 1)))
(display (apply + (map join-thread threads)))
(newline)
