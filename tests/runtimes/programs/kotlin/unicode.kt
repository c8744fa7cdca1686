@file:JvmName("Größe")

package com.example

/* fun main() = println("not this one") */
fun main() {
    for (line in generateSequence(::readlnOrNull)) println(line)
    println("größe ${"漢字"} 🦀 ж")
}
