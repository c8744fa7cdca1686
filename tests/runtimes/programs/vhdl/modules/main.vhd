use std.textio.all;
use work.places.all;

entity main is
end entity;

architecture run of main is
begin
  process
    variable text : line;
  begin
    write(text, where_from);
    writeline(output, text);
    wait;
  end process;
end architecture;
