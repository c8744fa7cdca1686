import scala.collection.mutable.ArrayBuffer

object Hog extends App {
  val kept = ArrayBuffer[Array[Int]]()
  while (true) kept += Array.fill(100000)(7)
}
