BEGIN {
    print "written and read" > "scratch.txt"
    close("scratch.txt")
    while ((getline line < "scratch.txt") > 0) print line
}
