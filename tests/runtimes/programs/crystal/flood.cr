loop { puts "a line that nobody reads" }
