#lang racket
(displayln
 (with-handlers ([exn:fail:network? (lambda (_) "no network")])
   (tcp-connect "192.0.2.1" 80)
   "connected"))
