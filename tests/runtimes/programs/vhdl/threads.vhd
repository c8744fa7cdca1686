-- Processes that run side by side in simulated time.
use std.textio.all;

entity threads is
end entity;

architecture run of threads is
  type numbers is array (1 to 10) of natural;
  signal squares : numbers := (others => 0);
begin
  each : for i in 1 to 10 generate
    process
    begin
      squares(i) <= i * i after 1 ns;
      wait;
    end process;
  end generate;

  process
    variable total : natural := 0;
    variable text : line;
  begin
    wait for 2 ns;
    for i in squares'range loop
      total := total + squares(i);
    end loop;
    write(text, total);
    writeline(output, text);
    wait;
  end process;
end architecture;
