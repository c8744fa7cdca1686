puts (1..10).map { |i| Thread.new { i * i } }.sum(&:value)
