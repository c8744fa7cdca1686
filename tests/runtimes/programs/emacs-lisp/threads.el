;;; -*- lexical-binding: t -*-
(let ((threads (mapcar (lambda (i) (make-thread (lambda () (* i i)))) (number-sequence 1 10))))
  (princ (format "%d\n" (apply #'+ (mapcar #'thread-join threads)))))
