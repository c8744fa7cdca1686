(let loop ()
  (display "all work and no play makes a dull program")
  (newline)
  (loop))
