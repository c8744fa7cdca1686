fun sum total =
  case TextIO.scanStream (Int.scan StringCvt.DEC) TextIO.stdIn of
    SOME number => sum (total + number)
  | NONE => total

fun written number = if number < 0 then "-" ^ Int.toString (~number) else Int.toString number

val () = print (written (sum 0) ^ "\n")
