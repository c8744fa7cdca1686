loop { puts "and another line" }
