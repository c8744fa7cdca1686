if {[catch {socket 192.0.2.1 80}]} {
    puts "no network"
} else {
    puts "connected"
}
