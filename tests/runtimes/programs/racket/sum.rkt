#lang racket
(define total
  (for*/sum ([line (in-lines)]
             [word (in-list (string-split line))])
    (string->number word)))
(displayln total)
