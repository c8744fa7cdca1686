IMPLEMENTATION MODULE Places;

FROM Strings IMPORT Assign;

PROCEDURE WhereFrom (VAR answer: ARRAY OF CHAR);
BEGIN
  Assign ("from a module", answer)
END WhereFrom;

END Places.
