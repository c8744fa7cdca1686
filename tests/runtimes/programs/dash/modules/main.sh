. "${0%/*}/greetings/words.sh"

greeting
