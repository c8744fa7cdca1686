defmodule Main do
  def hog(kept), do: hog([:binary.copy(<<1>>, 1_000_000) | kept])
end

Main.hog([])
