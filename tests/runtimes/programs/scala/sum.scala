import scala.io.Source

object Sum extends App {
  println(Source.stdin.getLines().flatMap(_.split(' ')).filter(_.nonEmpty).map(_.toLong).sum)
}
