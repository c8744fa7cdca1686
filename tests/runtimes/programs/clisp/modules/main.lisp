(load (merge-pathnames "greeting/words.lisp" *load-truename*))

(write-line (greeting))
