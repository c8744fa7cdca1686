(while true
  (println "a line of a flood that has no end"))
