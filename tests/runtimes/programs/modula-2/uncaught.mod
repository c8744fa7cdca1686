MODULE uncaught;

FROM EXCEPTIONS IMPORT AllocateSource, ExceptionSource, RAISE;

VAR
  source: ExceptionSource;
BEGIN
  AllocateSource (source);
  RAISE (source, 1, "nobody catches this")
END uncaught.
