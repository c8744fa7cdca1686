import words.Words

object Start extends App {
  println(Words.text)
}
