fun main() {
    check(listOf(1, 2, 3).sum() == 7) { "this is the end" }
}
