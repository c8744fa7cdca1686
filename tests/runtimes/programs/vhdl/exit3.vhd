use std.env.all;

entity exit3 is
end entity;

architecture run of exit3 is
begin
  process
  begin
    finish(3);
    wait;
  end process;
end architecture;
