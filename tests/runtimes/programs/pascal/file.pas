program Files;
var
  scratch: text;
  line: string;
begin
  assign(scratch, 'scratch.txt');
  rewrite(scratch);
  writeln(scratch, 'written and read');
  close(scratch);
  reset(scratch);
  readln(scratch, line);
  close(scratch);
  writeln(line);
end.
