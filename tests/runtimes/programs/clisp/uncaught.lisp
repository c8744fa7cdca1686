(print (car (elt (list 1 2) 1)))
