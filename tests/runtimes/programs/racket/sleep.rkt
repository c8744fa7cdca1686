#lang racket
(sleep 60)
