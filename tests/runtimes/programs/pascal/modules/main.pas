program Modules;
uses
  Places;
begin
  writeln(WhereFrom);
end.
