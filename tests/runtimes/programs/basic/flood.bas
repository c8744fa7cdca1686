do
  print "a line that nobody reads"
loop
