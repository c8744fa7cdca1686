(display (get-string-all (current-input-port)))
(display "größe 漢字 🦀 ж")
(newline)
