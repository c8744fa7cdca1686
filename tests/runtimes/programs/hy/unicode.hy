(import sys)
(.write sys.stdout (.read sys.stdin))
(print "größe 漢字 🦀 ж")
