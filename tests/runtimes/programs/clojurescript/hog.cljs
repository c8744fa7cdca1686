(loop [kept []]
  (recur (conj kept (vec (range 1000)))))
