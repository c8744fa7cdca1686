MODULE args;

FROM ProgramArgs IMPORT ArgChan, IsArgPresent, NextArg;
FROM STextIO IMPORT WriteLn, WriteString;
FROM TextIO IMPORT ReadString;

VAR
  arg: ARRAY [0..99] OF CHAR;
BEGIN
  NextArg;
  WHILE IsArgPresent () DO
    ReadString (ArgChan (), arg);
    WriteString (arg);
    WriteLn;
    NextArg
  END
END args.
