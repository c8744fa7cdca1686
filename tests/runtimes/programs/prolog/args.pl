main :-
    current_prolog_flag(argv, Args),
    forall(member(Arg, Args), writeln(Arg)).
