import java.io.IOException
import java.net.{InetSocketAddress, Socket}

object Network extends App {
  val socket = new Socket()
  try {
    socket.connect(new InetSocketAddress("192.0.2.1", 80))
    println("connected")
  } catch {
    case _: IOException => println("no network")
  } finally socket.close()
}
