Code.require_file("greeting/words.ex", __DIR__)
IO.puts(Greeting.Words.greeting())
