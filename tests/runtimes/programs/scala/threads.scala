import java.util.concurrent.atomic.AtomicInteger

object Threads {
  private val total = new AtomicInteger

  def main(args: Array[String]): Unit = {
    val threads = for (i <- 1 to 10) yield new Thread {
      override def run(): Unit = total.addAndGet(i * i)
    }
    threads.foreach(_.start())
    threads.foreach(_.join())
    println(total)
  }
}
