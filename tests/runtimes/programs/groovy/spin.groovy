def i = 0L
while (true) i++
