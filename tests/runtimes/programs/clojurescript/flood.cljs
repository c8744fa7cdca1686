(loop []
  (println "a line that is printed for ever")
  (recur))
