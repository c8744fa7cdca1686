package words

object Words {
  def text = "from a module"
}
