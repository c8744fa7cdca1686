(dolist (arg argv)
  (princ (format "%s\n" arg)))
