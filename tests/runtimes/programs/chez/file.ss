(with-output-to-file "scratch.txt"
  (lambda () (display "written and read") (newline)))
(display (call-with-input-file "scratch.txt" get-line))
(newline)
