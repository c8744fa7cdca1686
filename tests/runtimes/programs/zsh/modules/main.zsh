. "${0%/*}/greetings/words.zsh"

greeting
