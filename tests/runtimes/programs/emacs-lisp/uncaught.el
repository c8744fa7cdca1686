(princ (aref [1 2 3] 3))
