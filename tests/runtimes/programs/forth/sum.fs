create line 65536 allot

: add-words ( total addr u -- total )
  begin
    bl skip dup
  while
    2dup bl scan 2swap 2 pick - ( rest addr u )
    s>number? 0= throw d>s -rot 2>r + 2r>
  repeat 2drop ;

: sum ( -- total )
  0 begin line 65536 stdin read-line throw while line swap add-words repeat drop ;

sum . cr
