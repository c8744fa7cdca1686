$stdin.each_char { |character| print character }
puts "größe 漢字 🦀 ж"
