while not eof(0)
  line input "" text$
  print text$
wend
print "größe 漢字 🦀 ж"
