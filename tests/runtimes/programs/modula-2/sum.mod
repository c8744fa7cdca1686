MODULE sum;

FROM SIOResult IMPORT ReadResult, ReadResults;
FROM STextIO IMPORT ReadChar, SkipLine;
FROM libc IMPORT printf;

VAR
  c: CHAR;
  total, number, sign: LONGINT;

PROCEDURE Finish;
BEGIN
  total := total + sign * number;
  number := 0;
  sign := 1
END Finish;

BEGIN
  total := 0;
  number := 0;
  sign := 1;
  LOOP
    ReadChar (c);
    CASE ReadResult () OF
      allRight:
        CASE c OF
          '0'..'9': number := number * 10 + VAL (LONGINT, ORD (c) - ORD ('0'))
        | '-': sign := -1
        ELSE
          Finish
        END
    | endOfLine: SkipLine; Finish
    ELSE
      EXIT
    END
  END;
  Finish;
  IF printf ("%ld\n", total) = 0 THEN
  END
END sum.
