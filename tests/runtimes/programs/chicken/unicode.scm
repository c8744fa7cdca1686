(import (chicken io))
(write-string (read-string))
(print "größe 漢字 🦀 ж")
