loop { say "and another line" }
