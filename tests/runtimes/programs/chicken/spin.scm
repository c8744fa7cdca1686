(let loop ((n 1))
  (loop (+ 1 (modulo (* n 3) 1000003))))
