(defun greeting () "from a module")
