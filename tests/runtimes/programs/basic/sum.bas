rem Byte by byte, since input cuts lines of more than some thousand.
open "/dev/stdin" for reading as #1
total = 0
word$ = ""
while not eof(1)
  byte = peek(#1)
  if byte > 32 then
    word$ = word$ + chr$(byte)
  elseif word$ <> "" then
    total = total + val(word$)
    word$ = ""
  endif
wend
if word$ <> "" total = total + val(word$)
print total using "%.0f"
