. "${0%/*}/greetings/words.ksh"

greeting
