:- initialization(main).

main :- X is foo / 2, writeln(X).
