program Unicode;
var
  line: ansistring;
begin
  while not eof do
  begin
    readln(line);
    writeln(line);
  end;
  writeln('größe 漢字 🦀 ж');
end.
