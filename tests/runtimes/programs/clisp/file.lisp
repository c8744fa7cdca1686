(with-open-file (out "scratch.txt" :direction :output)
  (write-line "written and read" out))
(with-open-file (in "scratch.txt")
  (write-line (read-line in)))
