entity spin is
end entity;

architecture run of spin is
begin
  process
    variable n : natural := 0;
  begin
    loop
      n := (n + 1) mod 1000;
    end loop;
  end process;
end architecture;
