: flood begin ." a line that nobody reads" cr again ;
flood
