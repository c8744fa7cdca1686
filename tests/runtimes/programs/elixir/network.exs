case :gen_tcp.connect({192, 0, 2, 1}, 80, []) do
  {:ok, _} -> IO.puts("connected")
  {:error, _} -> IO.puts("no network")
end
