MODULE exit3;
BEGIN
  HALT (3)
END exit3.
