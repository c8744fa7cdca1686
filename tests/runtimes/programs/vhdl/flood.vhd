use std.textio.all;

entity flood is
end entity;

architecture run of flood is
begin
  process
    variable text : line;
  begin
    loop
      write(text, string'("a line that nobody reads"));
      writeline(output, text);
    end loop;
  end process;
end architecture;
