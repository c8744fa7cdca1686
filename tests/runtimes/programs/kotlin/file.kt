import java.io.File

fun main() {
    val file = File("scratch.txt")
    file.bufferedWriter().use { it.write("written and read\n") }
    print(file.readText())
}
