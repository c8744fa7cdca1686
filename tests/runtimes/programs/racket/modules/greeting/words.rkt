#lang racket
(provide greeting)
(define greeting "from a module")
