IO.puts(Enum.fetch!([], 1))
