MODULE flood;

FROM STextIO IMPORT WriteLn, WriteString;

BEGIN
  LOOP
    WriteString ("a line that nobody reads");
    WriteLn
  END
END flood.
