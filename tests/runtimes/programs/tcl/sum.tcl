set sum 0
while {[gets stdin line] >= 0} {
    foreach number $line {
        incr sum $number
    }
}
puts $sum
