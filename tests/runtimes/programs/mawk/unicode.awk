{ print }

END { print "größe 漢字 🦀 ж" }
