@namespace "words"

function greeting() {
    return "from a module"
}
