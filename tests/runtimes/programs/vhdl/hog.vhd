entity hog is
end entity;

architecture run of hog is
begin
  process
    type numbers is array (1 to 100000) of integer;
    type pointer is access numbers;
    variable block_of_memory : pointer;
  begin
    loop
      block_of_memory := new numbers'(others => 1);
    end loop;
  end process;
end architecture;
