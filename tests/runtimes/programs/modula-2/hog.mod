MODULE hog;

FROM Storage IMPORT ALLOCATE;

TYPE
  Block = ARRAY [0..65535] OF CARDINAL;
VAR
  block: POINTER TO Block;
  i: CARDINAL;
BEGIN
  LOOP
    NEW (block);
    FOR i := 0 TO 65535 DO
      block^[i] := i
    END
  END
END hog.
