squares = Channel(Int32).new
(1..10).each do |number|
  spawn { squares.send(number * number) }
end
puts (1..10).sum { squares.receive }
