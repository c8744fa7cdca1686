source [file join [file dirname [info script]] greetings words.tcl]

puts [greetings::greeting]
