MODULE main;

FROM Places IMPORT WhereFrom;
FROM STextIO IMPORT WriteLn, WriteString;

VAR
  answer: ARRAY [0..19] OF CHAR;
BEGIN
  WhereFrom (answer);
  WriteString (answer);
  WriteLn
END main.
