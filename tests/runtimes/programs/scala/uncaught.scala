object Uncaught extends App {
  println(List(1, 2, 3).find(_ > 3).get)
}
