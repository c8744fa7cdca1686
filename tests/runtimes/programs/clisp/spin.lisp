(defun spin (n)
  (declare (fixnum n))
  (loop (setf n (1+ (mod (* n 3) 1000003)))))

(spin 1)
