fun main() {
    val kept = mutableListOf<IntArray>()
    while (true) kept += IntArray(100_000) { it }
}
