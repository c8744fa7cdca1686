program Flood;
begin
  while true do
    writeln('a line that nobody reads');
end.
