(display (car (list-tail (list 1 2) 2)))
