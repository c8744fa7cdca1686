:- use_module(greeting/words).
:- initialization(main).

main :-
    greeting(Text),
    writeln(Text).
