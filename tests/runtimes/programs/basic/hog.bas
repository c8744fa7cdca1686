dim kept$(100000)
block$ = "x"
for i = 1 to 16
  block$ = block$ + block$
next i
for i = 1 to 100000
  kept$(i) = block$ + str$(i)
next i
