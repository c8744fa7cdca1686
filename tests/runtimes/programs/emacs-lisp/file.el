(write-region "written and read\n" nil "scratch.txt" nil 'silent)
(with-temp-buffer
  (insert-file-contents "scratch.txt")
  (princ (buffer-string)))
