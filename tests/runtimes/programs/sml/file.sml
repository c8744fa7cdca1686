val out = TextIO.openOut "scratch.txt"
val () = TextIO.output (out, "written and read\n")
val () = TextIO.closeOut out
val input = TextIO.openIn "scratch.txt"
val () = print (TextIO.inputAll input)
val () = TextIO.closeIn input
