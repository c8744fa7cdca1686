def sum = 0L
System.in.eachLine { line -> line.split(' ').each { if (it) sum += it as long } }
println sum
