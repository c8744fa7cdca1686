main :-
    repeat,
    writeln('all work and no play makes a dull program'),
    fail.
