package require Thread

tsv::set squares sum 0
for {set i 1} {$i <= 10} {incr i} {
    lappend threads [thread::create -joinable "tsv::incr squares sum [expr {$i * $i}]"]
}
foreach thread $threads {
    thread::join $thread
}
puts [tsv::get squares sum]
