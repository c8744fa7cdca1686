import words.text

fun main() {
    println(text())
}
