main :-
    read_string(user_input, _, Text),
    write(Text),
    writeln('größe 漢字 🦀 ж').
