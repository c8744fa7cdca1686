(while True
  (print "all work and no play makes a dull program"))
