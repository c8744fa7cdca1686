#lang racket
(let loop ([n 1])
  (loop (add1 (modulo (* n 3) 1000003))))
