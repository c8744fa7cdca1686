MODULE sleeper;

FROM libc IMPORT sleep;

BEGIN
  IF sleep (60) = 0 THEN
  END
END sleeper.
