(let ((threads (loop for i from 1 to 10
                     collect (sb-thread:make-thread (lambda (n) (* n n)) :arguments (list i)))))
  (format t "~d~%" (reduce #'+ (mapcar #'sb-thread:join-thread threads))))
