create line 80 allot

: write ( -- )
  s" scratch.txt" w/o create-file throw >r
  s" written and read" r@ write-line throw
  r> close-file throw ;

: read ( -- )
  s" scratch.txt" r/o open-file throw >r
  line 80 r@ read-line throw drop line swap type cr
  r> close-file throw ;

write read
