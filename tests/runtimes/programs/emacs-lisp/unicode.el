(condition-case nil
    (while t
      (princ (concat (read-string "") "\n")))
  (end-of-file nil))
(princ "größe 漢字 🦀 ж\n")
