(let ((total 0))
  (loop for number = (read *standard-input* nil)
        while number do (incf total number))
  (format t "~d~%" total))
