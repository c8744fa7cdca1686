program Sum;
var
  buffer: array[0..65535] of char;
  total, value: int64;
begin
  SetTextBuf(input, buffer, SizeOf(buffer));
  total := 0;
  while not SeekEof do
  begin
    read(value);
    total := total + value;
  end;
  writeln(total);
end.
