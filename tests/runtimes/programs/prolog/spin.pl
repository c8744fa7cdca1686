main :- spin(1).

spin(N) :- M is N * 3 mod 1000003 + 1, spin(M).
