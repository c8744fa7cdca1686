(loop [turn 0]
  (recur (inc turn)))
