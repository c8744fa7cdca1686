package com.example

/* class Fake { static void main(String[] args) {} } */
class Größe {
    static main(args) {
        System.in.eachLine('UTF-8') { println it }
        println "größe ${'漢字'} 🦀 ж"
    }
}
