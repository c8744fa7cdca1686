namespace eval greetings {
    proc greeting {} {
        return "from a module"
    }
}
