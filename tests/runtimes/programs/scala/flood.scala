object Flood extends App {
  while (true) println("a line of a flood that has no end")
}
