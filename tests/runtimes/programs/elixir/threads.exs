1..10
|> Enum.map(&Task.async(fn -> &1 * &1 end))
|> Task.await_many()
|> Enum.sum()
|> IO.puts()
