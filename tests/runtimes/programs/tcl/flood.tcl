while 1 {
    puts "and another line"
}
