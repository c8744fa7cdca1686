fun spin n = spin (n * 3 mod 1000003 + 1)

val _ = spin 1
