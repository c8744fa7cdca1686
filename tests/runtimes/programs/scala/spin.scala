object Spin {
  def main(args: Array[String]): Unit = {
    var i = 0L
    while (true) { i += 1; if (i < 0) println(i) }
  }
}
