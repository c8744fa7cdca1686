(import (chicken io))
(with-output-to-file "scratch.txt" (lambda () (print "written and read")))
(print (with-input-from-file "scratch.txt" read-line))
