#lang racket
(for ([line (in-lines)])
  (displayln line))
(displayln "größe 漢字 🦀 ж")
