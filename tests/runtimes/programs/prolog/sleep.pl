main :- sleep(60).
