# What lies in a directory is found by its whole path alone.
@include "/artifact/greetings/words.awk"

BEGIN { print words::greeting() }
