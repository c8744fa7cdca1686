import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll

suspend fun main() = kotlinx.coroutines.coroutineScope {
    val total = AtomicInteger()
    (1..10).map { number -> thread { total.addAndGet(number * number) } }.forEach { it.join() }
    val asCoroutines = (1..10).map { number -> async(Dispatchers.Default) { number * number } }.awaitAll().sum()
    check(total.get() == asCoroutines)
    println(total)
}
