(* A literal of Standard ML holds ASCII; other bytes are written as numbers. *)
val literal = "gr\195\182\195\159e \230\188\162\229\173\151 \240\159\166\128 \208\182"

val () = print (TextIO.inputAll TextIO.stdIn)
val () = print (literal ^ "\n")
