IO.stream(:stdio, :line) |> Enum.each(&IO.write/1)
IO.puts("größe 漢字 🦀 ж")
