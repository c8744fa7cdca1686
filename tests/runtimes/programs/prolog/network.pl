:- use_module(library(socket)).

main :-
    catch((tcp_connect('192.0.2.1':80, _, []), Said = connected), error(_, _), Said = 'no network'),
    writeln(Said).
