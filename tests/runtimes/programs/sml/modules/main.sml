use "greeting/words.sml";

val () = print (Words.greeting ^ "\n")
