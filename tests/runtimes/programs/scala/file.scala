import java.io.PrintWriter
import scala.io.Source

object Scratch extends App {
  val writer = new PrintWriter("scratch.txt")
  try writer.println("written and read") finally writer.close()
  val source = Source.fromFile("scratch.txt")
  try print(source.mkString) finally source.close()
}
