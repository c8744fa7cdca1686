while line = gets
  puts line
end
puts "größe 漢字 🦀 ж"
