defmodule Greeting.Words do
  def greeting, do: "from a module"
end
