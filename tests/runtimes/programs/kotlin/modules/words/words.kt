package words

fun text() = "from a module"
