defmodule Main do
  def flood do
    IO.puts("all work and no play makes a dull program")
    flood()
  end
end

Main.flood()
