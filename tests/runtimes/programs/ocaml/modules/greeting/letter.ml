let shown () = print_endline Words.greeting
