import kotlin.system.exitProcess

object Exit {
    @JvmStatic
    fun main(args: Array<String>) {
        exitProcess(3)
    }
}
