(loop (write-line "all work and no play makes a dull program"))
