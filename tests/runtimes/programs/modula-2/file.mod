MODULE file;

FROM ChanConsts IMPORT OpenResults;
FROM IOChan IMPORT ChanId;
FROM STextIO IMPORT WriteLn, WriteString;
IMPORT SeqFile, TextIO;

VAR
  scratch: ChanId;
  result: OpenResults;
  line: ARRAY [0..79] OF CHAR;
BEGIN
  SeqFile.OpenWrite (scratch, "scratch.txt", SeqFile.write + SeqFile.text, result);
  TextIO.WriteString (scratch, "written and read");
  TextIO.WriteLn (scratch);
  SeqFile.Close (scratch);
  SeqFile.OpenRead (scratch, "scratch.txt", SeqFile.read + SeqFile.text, result);
  TextIO.ReadString (scratch, line);
  SeqFile.Close (scratch);
  WriteString (line);
  WriteLn
END file.
