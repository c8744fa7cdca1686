(require 'words "greeting/words")

(princ (concat (words-greeting) "\n"))
