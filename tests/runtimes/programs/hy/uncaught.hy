(print (get [] 0))
