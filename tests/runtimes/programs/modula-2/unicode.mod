MODULE unicode;

FROM SIOResult IMPORT ReadResult, ReadResults;
FROM STextIO IMPORT ReadChar, SkipLine, WriteChar, WriteLn, WriteString;

VAR
  c: CHAR;
BEGIN
  LOOP
    ReadChar (c);
    CASE ReadResult () OF
      allRight: WriteChar (c)
    | endOfLine: SkipLine; WriteLn
    ELSE
      EXIT
    END
  END;
  WriteString ("größe 漢字 🦀 ж");
  WriteLn
END unicode.
