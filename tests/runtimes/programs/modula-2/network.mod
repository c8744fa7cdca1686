MODULE network;

FROM ChanConsts IMPORT OpenResults, read, write;
FROM ClientSocket IMPORT OpenSocket;
FROM IOChan IMPORT ChanId;
FROM STextIO IMPORT WriteLn, WriteString;

VAR
  peer: ChanId;
  result: OpenResults;
BEGIN
  OpenSocket (peer, "192.0.2.1", 80, read + write, result);
  IF result = opened THEN
    WriteString ("connected")
  ELSE
    WriteString ("no network")
  END;
  WriteLn
END network.
