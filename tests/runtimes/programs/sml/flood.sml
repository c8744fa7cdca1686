fun flood () = (print "all work and no play makes a dull program\n"; flood ())

val () = flood ()
