use std.textio.all;

entity sum is
end entity;

architecture run of sum is
begin
  process
    variable text : line;
    variable number : integer;
    variable found : boolean;
    variable high, low : integer := 0;
    variable digits : string(1 to 7);
  begin
    while not endfile(input) loop
      readline(input, text);
      loop
        read(text, number, found);
        exit when not found;
        high := high + number / 1000000;
        low := low + number rem 1000000;
      end loop;
    end loop;
    -- The sum of a million numbers has more bits than an integer: it is kept in two parts.
    high := high + low / 1000000;
    low := low rem 1000000;
    if high > 0 and low < 0 then
      high := high - 1;
      low := low + 1000000;
    elsif high < 0 and low > 0 then
      high := high + 1;
      low := low - 1000000;
    end if;
    if high < 0 or low < 0 then
      write(text, string'("-"));
    end if;
    if high = 0 then
      write(text, abs low);
    else
      write(text, abs high);
      digits := integer'image(1000000 + abs low);
      write(text, digits(2 to 7));
    end if;
    writeline(output, text);
    wait;
  end process;
end architecture;
