main :-
    thread_self(Main),
    findall(Thread, (between(1, 10, I), thread_create(square(I, Main), Thread)), Threads),
    maplist(thread_join, Threads),
    findall(Square, (between(1, 10, _), thread_get_message(Square)), Squares),
    sum_list(Squares, Total),
    writeln(Total).

square(I, Main) :-
    Square is I * I,
    thread_send_message(Main, Square).
