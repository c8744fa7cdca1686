source "${BASH_SOURCE[0]%/*}/greetings/words.sh"

greeting
