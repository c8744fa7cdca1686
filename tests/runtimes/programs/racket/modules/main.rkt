#lang racket
(require "greeting/words.rkt")
(displayln greeting)
