create line 4096 allot

: copy ( -- )
  begin line 4096 stdin read-line throw while line swap type cr repeat drop ;

copy
." größe 漢字 🦀 ж" cr
