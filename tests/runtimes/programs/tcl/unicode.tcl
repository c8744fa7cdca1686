while {[gets stdin line] >= 0} {
    puts $line
}
puts "größe 漢字 🦀 ж"
