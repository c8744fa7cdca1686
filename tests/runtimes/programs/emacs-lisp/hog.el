(let ((kept nil))
  (while t
    (push (make-vector 1000 1) kept)))
