MODULE spin;
VAR
  n: CARDINAL;
BEGIN
  n := 0;
  LOOP
    n := (n + 1) MOD 1000
  END
END spin.
