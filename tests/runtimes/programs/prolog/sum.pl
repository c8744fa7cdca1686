:- initialization(main).

main :-
    read_string(user_input, _, Text),
    split_string(Text, " \n", " \n", Words),
    foldl(add, Words, 0, Total),
    writeln(Total).

add("", Total, Total) :- !.
add(Word, Before, After) :-
    number_string(Number, Word),
    After is Before + Number.
