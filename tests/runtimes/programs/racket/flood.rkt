#lang racket
(let loop ()
  (displayln "all work and no play makes a dull program")
  (loop))
