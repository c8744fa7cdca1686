BEGIN { printf "%s %s\n", "one" }
