set out [open scratch.txt w]
puts $out "written and read"
close $out
set in [open scratch.txt]
puts [read -nonewline $in]
