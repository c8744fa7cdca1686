(include "greeting/words.scm")
(import words)

(print greeting)
