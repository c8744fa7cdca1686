(defun words-greeting ()
  "from a module")

(provide 'words)
