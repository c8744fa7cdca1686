(while t
  (princ "all work and no play makes a dull program\n"))
