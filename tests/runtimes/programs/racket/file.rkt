#lang racket
(with-output-to-file "scratch.txt"
  (lambda () (displayln "written and read")))
(display (file->string "scratch.txt"))
