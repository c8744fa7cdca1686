BEGIN { while (1) print "and another line" }
