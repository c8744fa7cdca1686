package com.example

import scala.io.Source

/* object Fake extends App */
trait Copying { def copy(): Unit = Source.stdin.getLines().foreach(println) }
case object Größe

object Unicode
    extends Copying
    with App {
  copy()
  val brace = '{'
  println(s"größe ${"漢字"} 🦀 ж")
}
