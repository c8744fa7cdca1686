;;; -*- lexical-binding: t -*-
(let ((total 0))
  (condition-case nil
      (while t
        (dolist (word (split-string (read-string "")))
          (setq total (+ total (string-to-number word)))))
    (end-of-file nil))
  (princ (format "%d\n" total)))
