main :-
    setup_call_cleanup(open('scratch.txt', write, Out), writeln(Out, 'written and read'), close(Out)),
    read_file_to_string('scratch.txt', Text, []),
    write(Text).
