use std.textio.all;

entity files is
end entity;

architecture run of files is
begin
  process
    file scratch : std.textio.text;
    variable text : line;
  begin
    file_open(scratch, "scratch.txt", write_mode);
    write(text, string'("written and read"));
    writeline(scratch, text);
    file_close(scratch);
    file_open(scratch, "scratch.txt", read_mode);
    readline(scratch, text);
    file_close(scratch);
    writeline(output, text);
    wait;
  end process;
end architecture;
