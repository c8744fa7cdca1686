A loop that does nothing: +[]
