print "and another line\n" while 1;
