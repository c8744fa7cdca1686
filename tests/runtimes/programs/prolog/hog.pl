main :- hog([]).

hog(Kept) :- hog([kept|Kept]).
