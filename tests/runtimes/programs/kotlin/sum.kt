fun main() {
    var sum = 0L
    for (line in generateSequence(::readlnOrNull)) {
        sum += line.split(' ').filter { it.isNotEmpty() }.sumOf { it.toLong() }
    }
    println(sum)
}
